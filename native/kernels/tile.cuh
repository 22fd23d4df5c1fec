// Sums over the features of each sample: a block sees 32 samples at a time, one a lane, and its eight
// warps share out the features, four by four, so that every access is 128 bytes wide and the four fit a
// block of random words.
#ifndef ADVECT_TILE
#define ADVECT_TILE

#include "operand.cuh"

#define ADVECT_WARPS (ADVECT_THREADS / 32)

// How many tiles of 32 samples there are: what a kernel on them is launched with, at most.
__device__ __forceinline__ int tilesOf(int samples) { return (samples + 31) / 32; }

// The sum over the eight warps of what each holds for its lane, in every thread. Every thread of the
// block must take part.
__device__ __forceinline__ float tileSum(float x) {
  __shared__ float rows[ADVECT_WARPS][32];
  int lane = threadIdx.x % 32;
  __syncthreads();  // the last sum's readers are done
  rows[threadIdx.x / 32][lane] = x;
  __syncthreads();
  float sum = 0.0f;
  for (int w = 0; w < ADVECT_WARPS; w++) {
    sum += rows[w][lane];
  }
  return sum;
}

// The sum of term(b) over this warp's blocks b of four features, 4 b to 4 b + 3.
template <class Term>
__device__ __forceinline__ float tileTerms(int features, Term term) {
  float sum = 0.0f;
#pragma unroll 1
  for (int block = threadIdx.x / 32; block * 4 < features; block += ADVECT_WARPS) {
    sum += term(block);
  }
  return sum;
}

#endif
