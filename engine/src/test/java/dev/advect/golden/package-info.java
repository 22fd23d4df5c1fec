/** The engine against what PyTorch computed once; {@code tests/golden/make.py} made the numbers. */
package dev.advect.golden;
