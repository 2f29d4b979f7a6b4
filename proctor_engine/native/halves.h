/* Numbers in half precision, thirty-two in a register, and what is done with a row of pixels of them: see halves.c. */
#ifndef PROCTOR_HALVES_H
#define PROCTOR_HALVES_H

#include "network.h"

#include <immintrin.h>

#define LANES 32 /* numbers in a register */
/* Channels that are half a register; and a stem's 3 x 3 pixels of three colours: two pixels further each time, and of
 * each line's nine numbers one more, whose weight is nothing. */
enum { NARROW = 16, STEM_STEP = 6, STEM_LINES = 3, STEM_DEPTH = 10 };
#define MIDDLE 128.0f /* of the colours, and the lightest: as in half_weights.py */
#define LIGHTEST 255.0f

typedef _Float16 half;
typedef half vec __attribute__((vector_size(64), aligned(2), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

INLINE vec load(const half *from) { return *(const vec *)from; }
INLINE void store(half *to, vec value) { *(vec *)to = value; }

/* Sixteen numbers, and the same once more. */
INLINE vec twice(const half *from) { return (vec)_mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)from)); }

/* A row of pixels, or a part of one: as in network.c. */
typedef struct {
    const half *from, *add; /* `add` may be NULL */
    half *to;
    int64_t step, add_step, to_step; /* from pixel to pixel */
} Row;

/* What a layer does to each pixel. Weights: of each two of its numbers a register for every 16 channels. */
typedef struct {
    const half *weights, *bias, *slope;
} Sums;

/* The pointwise part of a layer of 32 channels or more, for a row of pixels that lie `depth` numbers apart: 16, 32, 64
 * or 128. */
void FACES(multiply)(int64_t pixels, int64_t depth, const Row *row, const Sums *sums, int64_t channels);
/* The same of one from 16 channels to 16, or of a stem whose lines are so far apart: pixels come in pairs. */
void FACES(multiply_narrow)(int64_t pixels, const Row *row, const Sums *sums, int64_t line);

#endif
