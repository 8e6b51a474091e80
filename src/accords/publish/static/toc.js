"use strict";
// On a phone the contents are folded, and so before what follows them is laid out.
document.querySelector(".toc details").open = !matchMedia("(max-width: 40rem)").matches;
