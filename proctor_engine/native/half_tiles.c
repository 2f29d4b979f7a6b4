/* Products and sums in half precision, a tile of pixels at a time.
 *
 * Two halves of a pixel, of channels 2k and 2k + 1, are read as one number of 32 bits and brought to a whole register: to
 * bring one of 16 bits everywhere takes a shuffle, for which all would wait. So each register of sums holds 16 channels
 * twice, of the even numbers and of the odd ones, and they are added at the end. Weights lie so that the channels are in
 * their order then: see `half_weights.py`.
 */
#include "halves.h"

#include <stddef.h>
#include <string.h>

#define MOST_TILE 12 /* pixels whose sums stay in registers, two registers of channels each */
#define WIDE_TILE 16 /* the same where a pixel has but one */
#define PANEL 32     /* channels whose weights lie together */
#define EVENS 0x55555555u /* lanes */

/* Two numbers of a pixel, over and over. */
INLINE vec pair_at(const half *from) {
    int32_t both;
    memcpy(&both, from, sizeof both);
    return (vec)_mm512_set1_epi32(both);
}

INLINE vec activated(vec value, vec slope) {
    vec above = (vec)_mm512_max_ph((__m512h)value, (__m512h)(vec){0});
    return above + slope * (value - above);
}

/* The even and the odd sums of two registers: number 2i is of the first one's channel i, 2i + 1 of the second one's. */
INLINE vec added_up(vec one, vec other) {
    __m512i first = (__m512i)one, second = (__m512i)other;
    __m512i straight = _mm512_mask_blend_epi16(EVENS, second, first);
    __m512i crossed = _mm512_rol_epi32(_mm512_mask_blend_epi16(EVENS, first, second), 16);
    return (vec)straight + (vec)crossed;
}

/* Pixels with 32 channels each. */
INLINE void tile_two(const int pixels, const int64_t depth, const Row *row, const Sums *sums) {
    vec all[MOST_TILE][2];
    UNROLL for (int p = 0; p < pixels; p++) all[p][0] = all[p][1] = (vec){0};
    const half *from = row->from, *weights = sums->weights;
    for (int64_t k = 0; k < depth; k += 2, from += 2, weights += 2 * LANES) {
        vec first = load(weights), second = load(weights + LANES);
        UNROLL for (int p = 0; p < pixels; p++) {
            vec value = pair_at(from + p * depth);
            all[p][0] += value * first;
            all[p][1] += value * second;
        }
    }
    const half *add = row->add;
    half *to = row->to;
    vec bias = load(sums->bias), slope = load(sums->slope);
    UNROLL for (int p = 0; p < pixels; p++, to += row->to_step) {
        vec sum = added_up(all[p][0], all[p][1]) + bias;
        if (add) {
            sum += load(add);
            add += row->add_step;
        }
        store(to, activated(sum, slope));
    }
}

/* Two pixels' channels, which lie in turns, one pixel after the other. */
INLINE vec parted(vec turns) {
    static const uint16_t order[LANES] = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
                                          1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31};
    return (vec)_mm512_permutexvar_epi16(_mm512_loadu_si512(order), (__m512i)turns);
}

/* An even number of pixels with 16 channels each, two of which share a register. */
INLINE void tile_one(const int pixels, const int is_stem, const int64_t step, const int64_t lines, const int64_t line,
                     const int64_t depth, const Row *row, const Sums *sums) {
    vec all[WIDE_TILE];
    UNROLL for (int p = 0; p < pixels; p++) all[p] = (vec){0};
    const half *weights = sums->weights;
    for (int64_t y = 0; y < lines; y++) {
        const half *from = row->from + y * line;
        UNROLL for (int64_t k = 0; k < depth; k += 2, from += 2, weights += LANES) {
            vec of_channels = load(weights);
            UNROLL for (int p = 0; p < pixels; p++) all[p] += pair_at(from + p * step) * of_channels;
        }
    }
    const half *add = row->add;
    half *to = row->to;
    vec bias = twice(sums->bias), slope = twice(sums->slope), scale = (half)(1 / LIGHTEST) - (vec){0};
    UNROLL for (int p = 0; p < pixels; p += 2, to += LANES) {
        vec sum = parted(added_up(all[p], all[p + 1]));
        sum = is_stem ? sum * scale + bias : sum + bias;
        if (add) {
            sum += load(add);
            add += LANES;
        }
        store(to, activated(sum, slope));
    }
}

#define CASE(n, depth) \
    case n: \
        tile_two(n, depth, row, sums); \
        break;
/* With a distance known when this is compiled, addresses cost nothing. */
#define TILES(depth) \
    static void tiles_##depth(int pixels, const Row *row, const Sums *sums) { \
        switch (pixels) { \
            CASE(12, depth) CASE(11, depth) CASE(10, depth) CASE(9, depth) CASE(8, depth) CASE(7, depth) \
            CASE(6, depth) CASE(5, depth) CASE(4, depth) CASE(3, depth) CASE(2, depth) CASE(1, depth) \
        } \
    }
TILES(16) TILES(32) TILES(64) TILES(128)

typedef void Tiles(int pixels, const Row *row, const Sums *sums);

static Tiles *tiles_of(int64_t depth) {
    return depth == 16 ? tiles_16 : depth == 32 ? tiles_32 : depth == 64 ? tiles_64 : tiles_128;
}

void FACES(multiply)(int64_t pixels, int64_t depth, const Row *row, const Sums *sums, int64_t channels) {
    Tiles *tiles = tiles_of(depth);
    int64_t most = (pixels + MOST_TILE - 1) / MOST_TILE;
    for (int64_t first = 0; first < channels; first += PANEL) {
        Sums some = {sums->weights + first * depth, sums->bias + first, sums->slope + first};
        int64_t pixel = 0;
        for (int64_t left = most; left > 0; left--) {
            int count = (int)((pixels - pixel + left - 1) / left);
            Row part = *row;
            part.from += pixel * row->step;
            part.to += pixel * row->to_step + first;
            if (part.add) part.add += pixel * row->add_step + first;
            tiles(count, &part, &some);
            pixel += count;
        }
    }
}

void FACES(multiply_narrow)(int64_t pixels, const Row *row, const Sums *sums, int64_t line) {
    for (int64_t pixel = 0; pixel < pixels;) {
        Row part = *row;
        part.from += pixel * row->step;
        part.to += pixel * NARROW;
        if (part.add) part.add += pixel * NARROW;
        int is_whole = pixels - pixel >= WIDE_TILE;
        if (line && is_whole)
            tile_one(WIDE_TILE, 1, STEM_STEP, STEM_LINES, line, STEM_DEPTH, &part, sums);
        else if (line)
            tile_one(2, 1, STEM_STEP, STEM_LINES, line, STEM_DEPTH, &part, sums);
        else if (is_whole)
            tile_one(WIDE_TILE, 0, NARROW, 1, 0, NARROW, &part, sums);
        else
            tile_one(2, 0, NARROW, 1, 0, NARROW, &part, sums);
        pixel += is_whole ? WIDE_TILE : 2;
    }
}
