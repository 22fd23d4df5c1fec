// Counter-based random numbers, bit by bit those of dev.advect.random: Philox4x32-10 of a sample, a
// step and a purpose, and the laws made from its words. This text needs no other header.
#ifndef ADVECT_PHILOX
#define ADVECT_PHILOX

#define ADVECT_RANDOM __device__ __forceinline__

// Four random words.
struct Words {
  unsigned int word[4];
};

// Block b of a draw: elements 4b to 4b + 3 of a sample.
ADVECT_RANDOM Words philox(unsigned long long seed, int purpose, unsigned long long step,
                           unsigned long long sample, int block) {
  unsigned int c0 = (unsigned int)sample;
  unsigned int c1 = (unsigned int)block | (unsigned int)(sample >> 32) << 24;
  unsigned int c2 = (unsigned int)step;
  unsigned int c3 = ((unsigned int)(step >> 32) & 0xffffu) | (unsigned int)purpose << 16;
  unsigned int k0 = (unsigned int)seed;
  unsigned int k1 = (unsigned int)(seed >> 32);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    unsigned int high0 = __umulhi(0xd2511f53u, c0);
    unsigned int high1 = __umulhi(0xcd9e8d57u, c2);
    unsigned int low0 = 0xd2511f53u * c0;
    unsigned int low1 = 0xcd9e8d57u * c2;
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  return Words{{c0, c1, c2, c3}};
}

// Uniform on (0, 1]: the middle of one of 2^32 cells.
ADVECT_RANDOM float uniformOf(unsigned int word) {
  return __uint2float_rn(word) * 2.3283064365386963e-10f + 1.1641532182693481e-10f;
}

// -1 or 1, by the top bit.
ADVECT_RANDOM float rademacherOf(unsigned int word) { return (int)word < 0 ? -1.0f : 1.0f; }

// A whole number from 0 to bound - 1.
ADVECT_RANDOM float indexOf(unsigned int word, int bound) {
  return (float)(int)__umulhi(word, (unsigned int)bound);
}

// The natural logarithm of a normal float in (0, 1]; no fused multiply-add, as in Laws.java.
ADVECT_RANDOM float logOfUniform(float u) {
  int bits = __float_as_int(u);
  int e = (bits - 0x3f3504f3) >> 23;
  float m = __int_as_float(bits - (e << 23)) - 1.0f;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float square = m * m;
  float tail = p * square * m + (float)e * -2.12194440e-4f - 0.5f * square;
  return m + tail + (float)e * 0.693359375f;
}

ADVECT_RANDOM float radiusOf(unsigned int word) {
  return sqrtf(-2.0f * logOfUniform(uniformOf(word)));
}

// The sine (odd = false) or cosine of a word's angle: its top two bits are the quadrant, the others
// the angle within, from -pi/4, multiplied in double.
ADVECT_RANDOM float waveOf(unsigned int word, bool cosine) {
  int within = (int)(word << 2) >> 8;
  float x = (float)((double)within * (0.78539816339744830962 * 1.1920928955078125e-7));
  float z = x * x;
  bool second = (word & 0x40000000u) != 0;
  float value;
  if (second == cosine) {
    float p = -1.9515295891e-4f * z + 8.3321608736e-3f;
    value = (p * z - 1.6666654611e-1f) * z * x + x;
    value = cosine ? -value : value;
  } else {
    float p = 2.443315711809948e-5f * z - 1.388731625493765e-3f;
    p = p * z + 4.166664568298827e-2f;
    value = p * z * z - 0.5f * z + 1.0f;
  }
  return (int)word < 0 ? -value : value;
}

// The four standard normals of a block of words, by the method of Box and Muller.
ADVECT_RANDOM void normalsOf(const Words& words, float normals[4]) {
#pragma unroll
  for (int pair = 0; pair < 4; pair += 2) {
    float radius = radiusOf(words.word[pair]);
    normals[pair] = radius * waveOf(words.word[pair + 1], false);
    normals[pair + 1] = radius * waveOf(words.word[pair + 1], true);
  }
}

#endif
