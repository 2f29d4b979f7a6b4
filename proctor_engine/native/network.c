/* Convolutional networks of the MobileNet family, run layer by layer in fused rows.
 *
 * Pictures are rows of pixels of channels (NHWC). Channels come in whole sixteens and every picture has a border of
 * zeros, so that no loop asks where it is. A block is a depthwise 3 x 3 convolution, a pointwise one, a sum with what
 * came before and an activation: all four are done for a few rows at a time, while these are in the nearest cache,
 * where a runtime that goes operator by operator carries whole pictures through memory four times.
 * Weights that the model keeps in half precision stay so until their layer runs: half the bytes to fetch.
 *
 * This file is compiled once for each instruction set: see `build.py`.
 */
#include "network.h"

#include <stddef.h>
#include <string.h>

#include <immintrin.h>
#if defined(__AVX512F__)
#define VL 16 /* numbers in a register */
#define TILE_TWO 12 /* pixels whose sums stay in registers, two registers of channels each */
#define TILE_ONE 12
#else
#define VL 8
#define TILE_TWO 6
#define TILE_ONE 8
#endif
#define MOST_TILE 12
#define SMALL_COLUMNS 12 /* from here on a row alone fills tiles */
#define PANEL 32 /* channels whose weights lie together; the last panel may have 16 */

typedef float vec __attribute__((vector_size(VL * 4), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

INLINE vec load(const float *from) { return *(const vec *)from; }
INLINE void store(float *to, vec value) { *(vec *)to = value; }
INLINE vec same(float value) { return value - (vec){0}; }

INLINE vec largest(vec one, vec other) {
#if VL == 16
    return (vec)_mm512_max_ps((__m512)one, (__m512)other);
#else
    return (vec)_mm256_max_ps((__m256)one, (__m256)other);
#endif
}

INLINE vec activated(vec value, vec slope) {
    vec above = largest(value, (vec){0});
    return above + slope * (value - above);
}

INLINE vec widened(const uint16_t *from) {
#if VL == 16
    return (vec)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from));
#else
    return (vec)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from));
#endif
}

static void widen(float *to, const uint16_t *from, int64_t count) { /* whole sixteens */
    for (int64_t place = 0; place < count; place += VL) store(to + place, widened(from + place));
}

/* A row of pixels, or a part of one: where their numbers come from, what is added to them, where they go. */
typedef struct {
    const float *from, *add; /* `add` may be NULL */
    float *to;
    int64_t step, add_step, to_step; /* from pixel to pixel */
    int64_t line;                    /* from line to line of a stem's kernel */
} Row;

/* What a layer does to each pixel. Weights: for each of `depth` numbers, in each of `lines`, `panel` channels. */
typedef struct {
    const float *weights, *bias, *slope;
    int64_t lines, depth, panel;
    const uint16_t *halves; /* in place of `weights`, or NULL */
} Sums;

INLINE void tile(const int pixels, const int vectors, const int is_half, const Row *row, const Sums *sums, int64_t step,
                 int64_t depth) {
    vec all[MOST_TILE][2];
    UNROLL for (int v = 0; v < vectors; v++) {
        vec begin = load(sums->bias + v * VL);
        UNROLL for (int p = 0; p < pixels; p++) all[p][v] = begin;
    }
    const float *weights = sums->weights, *line = row->from;
    const uint16_t *halves = sums->halves;
    for (int64_t lines = sums->lines; lines > 0; lines--, line += row->line) {
        const float *from = line;
        for (int64_t k = 0; k < depth; k++, from++) {
            vec of_channels[2];
            UNROLL for (int v = 0; v < vectors; v++)
                of_channels[v] = is_half ? widened(halves + v * VL) : load(weights + v * VL);
            if (is_half)
                halves += sums->panel;
            else
                weights += sums->panel;
            UNROLL for (int p = 0; p < pixels; p++) {
                vec value = same(from[p * step]);
                UNROLL for (int v = 0; v < vectors; v++) all[p][v] += value * of_channels[v];
            }
        }
    }
    const float *add = row->add;
    float *to = row->to;
    vec bend[2];
    UNROLL for (int v = 0; v < vectors; v++) bend[v] = load(sums->slope + v * VL);
    UNROLL for (int p = 0; p < pixels; p++, to += row->to_step) {
        UNROLL for (int v = 0; v < vectors; v++) {
            vec sum = all[p][v];
            if (add) sum += load(add + v * VL);
            store(to + v * VL, activated(sum, bend[v]));
        }
        if (add) add += row->add_step;
    }
}

#define CASE(n, vectors) \
    case n: \
        tile(n, vectors, 0, row, sums, row->step, sums->depth); \
        break;
#define HALF_CASE(n) \
    case n: \
        tile(n, 2, 1, row, sums, row->step, sums->depth); \
        break;
/* With a distance known when this is compiled, addresses cost nothing. */
#define FULL(n, vectors, size) \
    if (pixels == n && row->step == size && sums->depth == size) { \
        tile(n, vectors, 0, row, sums, size, size); \
        return; \
    }

static void tile_two(int pixels, const Row *row, const Sums *sums) {
    FULL(TILE_TWO, 2, 32)
    FULL(TILE_TWO, 2, 64)
    FULL(TILE_TWO, 2, 128)
    switch (pixels) {
#if TILE_TWO >= 12
        CASE(12, 2) CASE(11, 2) CASE(10, 2) CASE(9, 2) CASE(8, 2) CASE(7, 2)
#endif
        CASE(6, 2) CASE(5, 2) CASE(4, 2) CASE(3, 2) CASE(2, 2) CASE(1, 2)
    }
}

/* With weights in half precision. */
static void tile_halves(int pixels, const Row *row, const Sums *sums) {
    switch (pixels) {
#if TILE_TWO >= 12
        HALF_CASE(12) HALF_CASE(11) HALF_CASE(10) HALF_CASE(9) HALF_CASE(8) HALF_CASE(7)
#endif
        HALF_CASE(6) HALF_CASE(5) HALF_CASE(4) HALF_CASE(3) HALF_CASE(2) HALF_CASE(1)
    }
}

static void tile_one(int pixels, const Row *row, const Sums *sums) {
    FULL(TILE_ONE, 1, 16)
    switch (pixels) {
#if TILE_ONE >= 12
        CASE(12, 1) CASE(11, 1) CASE(10, 1) CASE(9, 1)
#endif
        CASE(8, 1) CASE(7, 1) CASE(6, 1) CASE(5, 1) CASE(4, 1) CASE(3, 1) CASE(2, 1) CASE(1, 1)
    }
}

/* The pointwise part of a layer, for a row of pixels. */
static void multiply(int64_t pixels, const Row *row, const Sums *sums, int64_t channels) {
    for (int64_t first = 0; first < channels; first += PANEL) {
        int64_t panel = channels - first < PANEL ? channels - first : PANEL;
        int is_two = panel >= 2 * VL, most = is_two ? TILE_TWO : TILE_ONE, wide = (is_two ? 2 : 1) * VL;
        for (int64_t channel = first; channel < first + panel; channel += wide) {
            int64_t begin = first * sums->depth * sums->lines + (channel - first);
            Sums some = {sums->weights + begin, sums->bias + channel, sums->slope + channel, sums->lines, sums->depth, panel,
                         sums->halves ? sums->halves + begin : NULL};
            int64_t tiles = (pixels + most - 1) / most, pixel = 0;
            for (; tiles > 0; tiles--) {
                int count = (int)((pixels - pixel + tiles - 1) / tiles);
                Row part = *row;
                part.from += pixel * row->step;
                part.to += pixel * row->to_step + channel;
                if (part.add) part.add += pixel * row->add_step + channel;
                (some.halves ? tile_halves : is_two ? tile_two : tile_one)(count, &part, &some);
                pixel += count;
            }
        }
    }
}

/* A row of a depthwise 3 x 3 convolution: `from` is where the first output's first number looks. */
INLINE void depthwise_row(const int stride, const float *from, int64_t row, int64_t channels, int64_t columns,
                          const float *weights, const float *bias, float *to) {
    enum { AT_ONCE = 4 };
    for (int64_t channel = 0; channel < channels; channel += VL) {
        vec kernel[9], begin = load(bias + channel);
        UNROLL for (int k = 0; k < 9; k++) kernel[k] = load(weights + k * channels + channel);
        int64_t x = 0;
        for (; x + AT_ONCE <= columns; x += AT_ONCE) {
            const float *at = from + x * stride * channels + channel;
            vec sums[AT_ONCE];
            UNROLL for (int p = 0; p < AT_ONCE; p++) sums[p] = begin;
            UNROLL for (int y = 0; y < 3; y++) {
                UNROLL for (int i = 0; i < (AT_ONCE - 1) * stride + 3; i++) {
                    vec value = load(at + y * row + i * channels);
                    UNROLL for (int p = 0; p < AT_ONCE; p++) {
                        int k = i - p * stride;
                        if (k >= 0 && k < 3) sums[p] += value * kernel[y * 3 + k];
                    }
                }
            }
            UNROLL for (int p = 0; p < AT_ONCE; p++) store(to + (x + p) * channels + channel, sums[p]);
        }
        for (; x < columns; x++) {
            const float *at = from + x * stride * channels + channel;
            vec sum = begin;
            UNROLL for (int y = 0; y < 3; y++)
                UNROLL for (int i = 0; i < 3; i++) sum += load(at + y * row + i * channels) * kernel[y * 3 + i];
            store(to + x * channels + channel, sum);
        }
    }
}

/* What a layer adds, where it is not there as it is: the largest of 2 x 2, or with channels of nothing behind. */
static void prepare_addend(const Layer *layer, const float *work, int64_t y, float *to) {
    int64_t own = layer->add_channels, channels = layer->out_channels;
    int is_largest = layer->add_kind == ADD_LARGEST;
    for (int64_t x = 0; x < layer->out_columns; x++) {
        int64_t scale = is_largest ? 2 : 1;
        const float *at = work + layer->add + y * scale * layer->add_row + x * scale * layer->add_pixel;
        float *pixel = to + x * channels;
        for (int64_t channel = 0; channel < channels; channel += VL) {
            vec value = {0};
            if (channel < own) {
                value = load(at + channel);
                if (is_largest) {
                    value = largest(value, load(at + layer->add_pixel + channel));
                    const float *below = at + layer->add_row + channel;
                    value = largest(value, largest(load(below), load(below + layer->add_pixel)));
                }
            }
            store(pixel + channel, value);
        }
    }
}

/* Rows of a layer: one, or of a small picture as many as make whole tiles. */
static void run_rows(const Layer *layer, const float *singles, const float *weights, const uint16_t *halves, float *work,
                     float *scratch, int64_t y, int64_t rows) {
    float *made = scratch, *addend = scratch + MOST_MADE;
    int64_t channels = layer->in_channels, columns = layer->out_columns;
    const float *at = work + layer->in + (y * layer->stride - layer->pad) * layer->in_row -
                      layer->pad * layer->in_pixel;
    Row row = {.from = at, .to = work + layer->out + y * layer->out_row, .step = layer->stride * layer->in_pixel,
               .to_step = layer->out_pixel, .line = layer->in_row};
    if (rows > 1) row.to = addend + MOST_MADE;
    Sums sums = {weights, singles + layer->bias, singles + layer->slope, 1, layer->depth, 0, halves};
    if (layer->kind == BLOCK) {
        const float *kernel = singles + layer->depth_weights, *bias = singles + layer->depth_bias;
        for (int64_t more = 0; more < rows; more++) {
            const float *from = at + more * layer->stride * layer->in_row;
            float *to = made + more * columns * channels;
            if (layer->stride == 1)
                depthwise_row(1, from, layer->in_row, channels, columns, kernel, bias, to);
            else
                depthwise_row(2, from, layer->in_row, channels, columns, kernel, bias, to);
        }
        row.from = made;
        row.step = channels;
    } else if (layer->kind == STEM) {
        sums.lines = layer->side;
        sums.depth = layer->depth / layer->side;
    }
    if (layer->add_kind == ADD_SAME && layer->add_channels == layer->out_channels && rows == 1) {
        row.add = work + layer->add + y * layer->add_row;
        row.add_step = layer->add_pixel;
    } else if (layer->add_kind != ADD_NOTHING) {
        for (int64_t more = 0; more < rows; more++)
            prepare_addend(layer, work, y + more, addend + more * columns * layer->out_channels);
        row.add = addend;
        row.add_step = layer->out_channels;
    }
    multiply(rows * columns, &row, &sums, layer->out_channels);
    if (rows > 1)
        for (int64_t more = 0; more < rows; more++)
            memcpy(work + layer->out + (y + more) * layer->out_row, row.to + more * columns * layer->out_pixel,
                   (size_t)(columns * layer->out_pixel) * sizeof(float));
}

static int64_t rows_at_once(const Layer *layer) {
    if (layer->kind != BLOCK || layer->out_columns >= SMALL_COLUMNS) return 1;
    int64_t channels = layer->in_channels > layer->out_channels ? layer->in_channels : layer->out_channels;
    int64_t rows = MOST_MADE / (layer->out_columns * channels);
    return rows < 1 ? 1 : rows < layer->out_rows ? rows : layer->out_rows;
}

/* Whether each weight is looked at but once or twice: then it is not worth the nearest cache to widen all of them first. */
static int is_soon_done(const Layer *layer) {
    return layer->out_rows * layer->out_columns <= 2 * TILE_TWO && layer->out_channels % (2 * VL) == 0;
}

/* A convolution over all of a small picture: every output is a sum over every number of it. */
static void run_whole(const Layer *layer, const float *singles, const uint16_t *halves, float *work, float *scratch) {
    float *all = scratch;
    int64_t across = layer->in_columns * layer->in_pixel;
    for (int64_t y = 0; y < layer->in_rows; y++)
        memcpy(all + y * across, work + layer->in + y * layer->in_row, (size_t)across * sizeof(float));
    for (int64_t first = 0; first < layer->out_channels; first += PANEL) {
        int64_t panel = layer->out_channels - first < PANEL ? layer->out_channels - first : PANEL;
        for (int64_t channel = 0; channel < panel; channel += VL) {
            /* Four sums at once: one would wait for itself. */
            vec sums[4] = {load(singles + layer->bias + first + channel)};
            int64_t place = first * layer->depth + channel;
            for (int64_t k = 0; k + 4 <= layer->depth; k += 4) {
                UNROLL for (int i = 0; i < 4; i++) {
                    int64_t at = place + (k + i) * panel;
                    vec of_channels = layer->halves >= 0 ? widened(halves + layer->halves + at)
                                                         : load(singles + layer->singles + at);
                    sums[i] += same(all[k + i]) * of_channels;
                }
            }
            vec sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
            store(work + layer->out + first + channel,
                  activated(sum, load(singles + layer->slope + first + channel)));
        }
    }
}

/* A picture to twice the size, bilinear between the middles of pixels, and another added. */
static void run_double(const Layer *layer, float *work) {
    for (int64_t y = 0; y < layer->out_rows; y++) {
        int64_t near_y = y / 2, far_y = near_y + (y % 2 ? 1 : -1);
        if (far_y < 0 || far_y >= layer->in_rows) far_y = near_y;
        const float *near_row = work + layer->in + near_y * layer->in_row;
        const float *far_row = work + layer->in + far_y * layer->in_row;
        for (int64_t x = 0; x < layer->out_columns; x++) {
            int64_t near_x = x / 2, far_x = near_x + (x % 2 ? 1 : -1);
            if (far_x < 0 || far_x >= layer->in_columns) far_x = near_x;
            near_x *= layer->in_pixel, far_x *= layer->in_pixel;
            const float *add = work + layer->add + y * layer->add_row + x * layer->add_pixel;
            float *to = work + layer->out + y * layer->out_row + x * layer->out_pixel;
            for (int64_t channel = 0; channel < layer->out_channels; channel += VL) {
                vec near = load(near_row + near_x + channel), beside = load(near_row + far_x + channel);
                vec above = load(far_row + near_x + channel), across = load(far_row + far_x + channel);
                vec one = near + (beside - near) * same(0.25f), other = above + (across - above) * same(0.25f);
                store(to + channel, one + (other - one) * same(0.25f) + load(add + channel));
            }
        }
    }
}

/* Nothing around a picture that lies where others have lain. */
static void clear_border(const Layer *layer, float *work) {
    int64_t row = layer->out_row, pixel = layer->out_pixel, rows = layer->out_rows;
    float *first = work + layer->out, *behind = first + layer->out_columns * pixel; /* of a row */
    memset(first - row - pixel, 0, (size_t)(row + pixel) * sizeof *first);
    for (int64_t y = 0; y + 1 < rows; y++, behind += row) /* and before the next */
        for (int64_t channel = 0; channel < 2 * pixel; channel += VL) store(behind + channel, (vec){0});
    memset(behind, 0, (size_t)(row + pixel) * sizeof *first);
}

void FACES(run_layers)(const Layer *layers, int64_t count, const float *singles, const uint16_t *halves, float *work,
                       float *scratch) {
    for (const Layer *layer = layers; layer < layers + count; layer++) {
        if (layer->kind == WHOLE) {
            run_whole(layer, singles, halves, work, scratch);
            continue;
        }
        if (layer->kind == DOUBLE) {
            run_double(layer, work);
            clear_border(layer, work);
            continue;
        }
        const float *weights = singles + layer->singles;
        const uint16_t *narrow = NULL;
        if (layer->halves >= 0 && is_soon_done(layer)) {
            narrow = halves + layer->halves;
        } else if (layer->halves >= 0) {
            widen(scratch, halves + layer->halves, layer->depth * layer->out_channels);
            weights = scratch;
        }
        int64_t rows = rows_at_once(layer);
        for (int64_t y = 0; y < layer->out_rows; y += rows) {
            int64_t now = layer->out_rows - y < rows ? layer->out_rows - y : rows;
            run_rows(layer, singles, weights, narrow, work, scratch + MOST_WEIGHTS, y, now);
        }
        clear_border(layer, work);
    }
}

#if !defined(__AVX512FP16__)
void FACES(run_mesh)(const Layer *layers, int64_t count, const float *singles, const uint16_t *halves, float *work,
                     float *scratch) {
    FACES(run_layers)(layers, count, singles, halves, work, scratch);
}
#endif
