// Sums over the features of each sample: a block sees 8 samples at a time and its threads share out
// the features, four by four, so that the four fit a block of random words. 8 samples are 32 bytes,
// the least that memory moves; so narrow a tile gives work to many blocks where samples are few.
#ifndef ADVECT_TILE
#define ADVECT_TILE

#include "operand.cuh"

#define ADVECT_TILE_SAMPLES 8
#define ADVECT_TILE_GROUPS (ADVECT_THREADS / ADVECT_TILE_SAMPLES)

// How many tiles there are: what a kernel on them is launched with, at most.
__device__ __forceinline__ int tilesOf(int samples) {
  return (samples + ADVECT_TILE_SAMPLES - 1) / ADVECT_TILE_SAMPLES;
}

// Which sample of a tile, and which group of the features, a thread has.
__device__ __forceinline__ int tileSample() { return threadIdx.x % ADVECT_TILE_SAMPLES; }
__device__ __forceinline__ int tileGroup() { return threadIdx.x / ADVECT_TILE_SAMPLES; }

// The sum of what the threads of each sample hold, in all of them. Every thread of the block must
// take part.
__device__ __forceinline__ float tileSum(float x) {
  __shared__ float warps[ADVECT_THREADS / 32][ADVECT_TILE_SAMPLES];
  x += __shfl_xor_sync(0xffffffffu, x, 16);
  x += __shfl_xor_sync(0xffffffffu, x, 8);
  __syncthreads();  // the last sum's readers are done
  if (threadIdx.x % 32 < ADVECT_TILE_SAMPLES) {
    warps[threadIdx.x / 32][tileSample()] = x;
  }
  __syncthreads();
  float sum = 0.0f;
  for (int w = 0; w < ADVECT_THREADS / 32; w++) {
    sum += warps[w][tileSample()];
  }
  return sum;
}

// The sum of term(b) over this group's blocks b of four features, 4 b to 4 b + 3.
template <class Term>
__device__ __forceinline__ float tileTerms(int features, Term term) {
  float sum = 0.0f;
#pragma unroll 1
  for (int block = tileGroup(); block * 4 < features; block += ADVECT_TILE_GROUPS) {
    sum += term(block);
  }
  return sum;
}

#endif
