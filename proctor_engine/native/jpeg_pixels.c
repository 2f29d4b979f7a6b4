/* Coefficients to samples, and samples to colours, in whole numbers: to the bit what libjpeg-turbo makes of them when it is
 * asked for its fast transform and fast upsampling.
 *
 * The transform is that of Arai, Agui and Nakajima, "A Fast DCT-SQ Scheme for Images", Transactions of the IEICE E71(11),
 * 1988: five products for eight numbers, once the quantization steps have taken in the factors of the rest.
 */
#include "jpeg.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

/* Signed numbers in truth, whose sums may wrap around: damaged pictures have such. */
typedef uint16_t Words __attribute__((vector_size(16 * LANES)));
#if LEVEL >= 4
typedef __m512i Register;
#define OF(name) _mm512_##name
#define SELF(name) _mm512_##name##_si512
#else
typedef __m256i Register;
#define OF(name) _mm256_##name
#define SELF(name) _mm256_##name##_si256
#endif
#define TWO(name, one, other) OF(name)((Register)(one), (Register)(other))

enum { FACTOR_BITS = 14, SCALE_BITS = 2, LAST_BITS = 5, PRODUCT_BITS = 8 };

void FACES(scale_steps)(Component *component) {
    static const uint8_t ZIGZAG[COEFFICIENTS] = {
        0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    };
    /* cos(k pi / 16) sqrt(2), and 1 for k = 0 */
    static const double FACTORS[SIDE] = {1.0,         1.387039845, 1.306562965, 1.175875602,
                                         1.0,         0.785694958, 0.541196100, 0.275899379};
    for (int place = 0; place < COEFFICIENTS; place++) {
        int row = ZIGZAG[place] / SIDE, column = ZIGZAG[place] % SIDE;
        int factor = (int)lrint(FACTORS[row] * FACTORS[column] * (1 << FACTOR_BITS));
        int half = 1 << (FACTOR_BITS - SCALE_BITS - 1);
        int scale = (component->steps[place] * factor + half) >> (FACTOR_BITS - SCALE_BITS);
        for (int lane = 0; lane < LANES; lane++)
            component->scales[row * ROW + lane * SIDE + column] = (int16_t)scale;
    }
}

/* Halved so often, and rounded down. */
static inline Words right(Words numbers, int bits) {
    return (Words)OF(srai_epi16)((Register)numbers, bits);
}

/* A product with a number of 8 bits behind the point, rounded down. */
static inline Words times(Words numbers, int factor) {
    return (Words)TWO(mulhi_epi16, numbers << 2, OF(set1_epi16)((short)(factor * (1 << (16 - 2 - PRODUCT_BITS)))));
}

/* One dimension: figure 2 of the paper, from right to left. */
static inline void transform_columns(Words v[SIDE]) {
    enum { SQRT_2 = 362, TWO_COS_1 = 473, TWO_COS_DIFFERENCE = 277, TWO_COS_SUM_LESS_1 = 669 - 256 };
    Words sum = v[0] + v[4], difference = v[0] - v[4], inner = v[2] + v[6];
    Words outer = times(v[2] - v[6], SQRT_2) - inner;
    Words even0 = sum + inner, even3 = sum - inner, even1 = difference + outer, even2 = difference - outer;
    Words z13 = v[5] + v[3], z10 = v[5] - v[3], z11 = v[1] + v[7], z12 = v[1] - v[7];
    Words odd7 = z11 + z13, z5 = times(z10 + z12, TWO_COS_1);
    Words odd6 = times(z10, -TWO_COS_SUM_LESS_1) - z10 + z5 - odd7;
    Words odd5 = times(z11 - z13, SQRT_2) - odd6;
    Words odd4 = times(z12, TWO_COS_DIFFERENCE) - z5 + odd5;
    v[0] = even0 + odd7, v[7] = even0 - odd7;
    v[1] = even1 + odd6, v[6] = even1 - odd6;
    v[2] = even2 + odd5, v[5] = even2 - odd5;
    v[4] = even3 + odd4, v[3] = even3 - odd4;
}

#define LOW(bits, one, other) ((Words)TWO(unpacklo_epi##bits, one, other))
#define HIGH(bits, one, other) ((Words)TWO(unpackhi_epi##bits, one, other))

static inline void transpose(Words v[SIDE]) {
    Words pairs[SIDE], fours[SIDE];
    for (int i = 0; i < SIDE; i += 2) pairs[i] = LOW(16, v[i], v[i + 1]), pairs[i + 1] = HIGH(16, v[i], v[i + 1]);
    for (int i = 0; i < SIDE; i += 4)
        for (int half = 0; half < 2; half++) {
            fours[i + 2 * half] = LOW(32, pairs[i + half], pairs[i + 2 + half]);
            fours[i + 2 * half + 1] = HIGH(32, pairs[i + half], pairs[i + 2 + half]);
        }
    for (int i = 0; i < SIDE / 2; i++)
        v[2 * i] = LOW(64, fours[i], fours[i + 4]), v[2 * i + 1] = HIGH(64, fours[i], fours[i + 4]);
}

void FACES(transform)(Group *group, const int16_t *scales, int is_flat, uint8_t *to) {
    Words v[SIDE], *given = (Words *)group->coefficients, *out = (Words *)to;
    const Words *scale = (const Words *)scales, zero = {0};
    if (is_flat) {
        Words level = right(given[0] * scale[0], LAST_BITS);
        out[0] = out[1] = out[2] = out[3] = (Words)TWO(shuffle_epi8, TWO(packs_epi16, level, level), zero);
        given[0] = zero;
        return;
    }
    for (int i = 0; i < SIDE; i++) v[i] = given[i] * scale[i], given[i] = zero;
    transform_columns(v);
    transpose(v);
    transform_columns(v);
    Words packed[4]; /* column i and, behind it, column i + 4, of level - 128 */
    for (int i = 0; i < 4; i++) packed[i] = (Words)TWO(packs_epi16, right(v[i], LAST_BITS), right(v[i + 4], LAST_BITS));
    Words left = LOW(8, packed[0], packed[1]), right = LOW(8, packed[2], packed[3]);
    Words left_behind = HIGH(8, packed[0], packed[1]), right_behind = HIGH(8, packed[2], packed[3]);
    Words upper = LOW(16, left, right), lower = HIGH(16, left, right);
    Words upper_behind = LOW(16, left_behind, right_behind), lower_behind = HIGH(16, left_behind, right_behind);
    out[0] = LOW(32, upper, upper_behind), out[1] = HIGH(32, upper, upper_behind);
    out[2] = LOW(32, lower, lower_behind), out[3] = HIGH(32, lower, lower_behind);
}

/* What to add to a luma for red, green and blue. */
typedef struct {
    Words red, green, blue;
} Tint;

/* JFIF's equations (ITU-T T.871, 7) of chroma - 128, rounded: 1.402 = 1 + 0.402 and 1.772 = 2 - 0.228 are exact so for each of
 * the 256 levels; green's two products are rounded as one.
 */
static inline Tint tint_of(Words cb, Words cr) {
    enum { RED = 13175, BLUE = -7471, GREEN_CB = -22554, GREEN_CR = 65536 - 46802, HALF = 1 << 15 }; /* 2^-15; green 2^-16 */
    Register factors = OF(set1_epi32)((int)((uint32_t)GREEN_CR << 16 | (uint16_t)GREEN_CB)), half = OF(set1_epi32)(HALF);
    Register low = OF(madd_epi16)((Register)LOW(16, cb, cr), factors);
    Register high = OF(madd_epi16)((Register)HIGH(16, cb, cr), factors);
    low = OF(srai_epi32)(OF(add_epi32)(low, half), 16), high = OF(srai_epi32)(OF(add_epi32)(high, half), 16);
    return (Tint){
        cr + (Words)OF(mulhrs_epi16)((Register)cr, OF(set1_epi16)(RED)),
        (Words)OF(packs_epi32)(low, high) - cr,
        cb + cb + (Words)OF(mulhrs_epi16)((Register)cb, OF(set1_epi16)(BLUE)),
    };
}

/* Row by row, so many of a group's registers hold two rows of its blocks: 8 samples of one, 8 of the next, block by block.
 * `paint` wants samples in another order: in 128 bits i those from 4 i on, then those that are half a row of a group further
 * on, and so forth, four at a time. This takes a row of two neighbouring groups.
 */
static inline Words whole_row(const uint8_t *groups, int row) {
    Register one = ((const Register *)groups)[row / 2], other = ((const Register *)(groups + GROUP))[row / 2];
#if LEVEL >= 4
    Register order = _mm512_setr_epi32(0, 8, 16, 24, 1, 9, 17, 25, 4, 12, 20, 28, 5, 13, 21, 29);
    order = _mm512_add_epi32(order, _mm512_set1_epi32(row % 2 * 2));
    return (Words)_mm512_permutex2var_epi32(one, order, other);
#else
    Register both = row % 2 ? _mm256_unpackhi_epi64(one, other) : _mm256_unpacklo_epi64(one, other);
    return (Words)_mm256_permutevar8x32_epi32(both, _mm256_setr_epi32(0, 4, 2, 6, 1, 5, 3, 7));
#endif
}

/* The same of one group whose samples are for two pixels each: as numbers of 16 bits. */
static inline Words half_row(const uint8_t *group, int row) {
    Register pair = ((const Register *)group)[row / 2];
#if LEVEL >= 4
    static const uint16_t ORDER[2 * CHUNK / 4] = {0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27};
    Register order = _mm512_add_epi16(_mm512_loadu_si512(ORDER), _mm512_set1_epi16((short)(row % 2 * 4)));
    return (Words)_mm512_cvtepi8_epi16(_mm512_castsi512_si256(_mm512_permutexvar_epi16(order, pair)));
#else
    Register both = row % 2 ? _mm256_permute4x64_epi64(pair, 0xD) : _mm256_permute4x64_epi64(pair, 0x8);
    __m128i order = _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
    return (Words)_mm256_cvtepi8_epi16(_mm_shuffle_epi8(_mm256_castsi256_si128(both), order));
#endif
}

/* CHUNK pixels: of every two neighbours the first has one tint, the second another. */
static inline void paint(Words lumas, const Tint *even, const Tint *odd, uint8_t *to) {
    Words levels = lumas ^ 0x8080, first = levels & 0xFF, second = levels >> 8, opaque = first | 0xFFFF;
    Words red = (Words)TWO(packus_epi16, first + even->red, second + odd->red);
    Words green = (Words)TWO(packus_epi16, first + even->green, second + odd->green);
    Words blue = (Words)TWO(packus_epi16, first + even->blue, second + odd->blue);
    Words first_left = LOW(8, red, green), first_right = LOW(8, blue, opaque);
    Words second_left = HIGH(8, red, green), second_right = HIGH(8, blue, opaque);
    Words firsts = LOW(16, first_left, first_right), later_firsts = HIGH(16, first_left, first_right);
    Words seconds = LOW(16, second_left, second_right), later_seconds = HIGH(16, second_left, second_right);
    SELF(storeu)((Register *)to, (Register)LOW(32, firsts, seconds));
    SELF(storeu)((Register *)to + 1, (Register)HIGH(32, firsts, seconds));
    SELF(storeu)((Register *)to + 2, (Register)LOW(32, later_firsts, later_seconds));
    SELF(storeu)((Register *)to + 3, (Register)HIGH(32, later_firsts, later_seconds));
}

/* The tints of a row of a chunk: none, or one for each pixel, or one for every two. */
static inline void read_tints(const Jpeg *jpeg, int64_t chunk, int row, Tint *even, Tint *odd) {
    const Component *blue = &jpeg->components[1], *red = &jpeg->components[2];
    if (jpeg->count == 1) {
        Words none = {0};
        *even = *odd = (Tint){none, none, none};
    } else if (jpeg->components[0].across == 1) {
        Words cb = whole_row(blue->samples + chunk * 2 * GROUP, row), cr = whole_row(red->samples + chunk * 2 * GROUP, row);
        *even = tint_of(right(cb << 8, 8), right(cr << 8, 8)), *odd = tint_of(right(cb, 8), right(cr, 8));
    } else
        *even = *odd = tint_of(half_row(blue->samples + chunk * GROUP, row), half_row(red->samples + chunk * GROUP, row));
}

void FACES(colour)(const Jpeg *jpeg, int64_t first_row, uint8_t *to) {
    const Component *luma = &jpeg->components[0];
    int64_t rows = jpeg->rows - first_row, whole = jpeg->columns / CHUNK, rest = jpeg->columns % CHUNK;
    for (int tint_row = 0; tint_row < SIDE; tint_row++)
        for (int64_t chunk = 0; chunk < whole + (rest > 0); chunk++) {
            Tint even, odd;
            read_tints(jpeg, chunk, tint_row, &even, &odd);
            for (int down = 0; down < luma->down; down++) {
                int row = tint_row * luma->down + down;
                if (row >= rows) break;
                const uint8_t *groups = luma->samples + (row / SIDE * luma->groups + chunk * 2) * GROUP;
                uint8_t *there = to + ((first_row + row) * jpeg->columns + chunk * CHUNK) * 4, last[CHUNK * 4];
                paint(whole_row(groups, row % SIDE), &even, &odd, chunk < whole ? there : last);
                if (chunk == whole) memcpy(there, last, (size_t)rest * 4);
            }
        }
}
