/* The mesh's two networks in half precision, for processors that multiply halves (AVX512-FP16).
 *
 * As network.c, with twice as many numbers in a register and half the bytes to carry. mediapipe's weights are halves
 * already, and on phones it sums in halves, too.
 * What goes in as colours and what comes out as places stays in single precision: at 192 pixels, halves are an eighth of
 * a pixel apart.
 */
#include "halves.h"

#include <stddef.h>
#include <string.h>

#define SMALL_COLUMNS 12 /* from here on a row alone fills tiles */
#define PANEL 32

typedef half sixteen __attribute__((vector_size(32), aligned(2), may_alias));
typedef float singles16 __attribute__((vector_size(64), aligned(4), may_alias));

INLINE sixteen load_sixteen(const half *from) { return *(const sixteen *)from; }
INLINE void store_sixteen(half *to, sixteen value) { *(sixteen *)to = value; }
INLINE singles16 widened(const half *from) { return (singles16)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from)); }

/* Colours from 0 to 255 as what is above or below their middle: sums stay small, and so what they lose. */
INLINE void narrow(half *to, const float *from) {
    __m512 colours = _mm512_sub_ps(_mm512_loadu_ps(from), _mm512_set1_ps(MIDDLE));
    _mm256_storeu_si256((__m256i *)to, _mm512_cvtps_ph(colours, _MM_FROUND_TO_NEAREST_INT));
}

INLINE sixteen larger(sixteen one, sixteen other) { return (sixteen)_mm256_max_ph((__m256h)one, (__m256h)other); }

/* A register of a picture: 32 channels of a pixel, or 16 of two that are `apart` numbers from one another. */
INLINE vec look(const half *from, const int64_t apart) {
    if (apart == 0) return load(from);
    return (vec)_mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)from)),
                                   _mm256_loadu_si256((const __m256i *)(from + apart)), 1);
}

/* A row of a depthwise 3 x 3 convolution: `from` is where the first output's first number looks, `step` how many pixels
 * further the next register looks, `apart` see `look`. */
INLINE void depthwise_row(const int step, const int64_t apart, const half *from, int64_t row, int64_t channels,
                          int64_t registers, int64_t to_step, const half *weights, const half *bias, half *to) {
    enum { AT_ONCE = 4 };
    int is_narrow = channels == NARROW;
    for (int64_t channel = 0; channel < channels; channel += LANES) {
        vec kernel[9], begin = is_narrow ? twice(bias) : load(bias + channel);
        UNROLL for (int k = 0; k < 9; k++)
            kernel[k] = is_narrow ? twice(weights + k * NARROW) : load(weights + k * channels + channel);
        int64_t x = 0;
        for (; x + AT_ONCE <= registers; x += AT_ONCE) {
            const half *at = from + x * step * channels + channel;
            vec sums[AT_ONCE];
            UNROLL for (int p = 0; p < AT_ONCE; p++) sums[p] = begin;
            UNROLL for (int y = 0; y < 3; y++) {
                UNROLL for (int i = 0; i < (AT_ONCE - 1) * step + 3; i++) {
                    if (i % step > 2) continue;
                    vec value = look(at + y * row + i * channels, apart);
                    UNROLL for (int p = 0; p < AT_ONCE; p++) {
                        int k = i - p * step;
                        if (k >= 0 && k < 3) sums[p] += value * kernel[y * 3 + k];
                    }
                }
            }
            UNROLL for (int p = 0; p < AT_ONCE; p++) store(to + (x + p) * to_step + channel, sums[p]);
        }
        for (; x < registers; x++) {
            const half *at = from + x * step * channels + channel;
            vec sum = begin;
            UNROLL for (int y = 0; y < 3; y++)
                UNROLL for (int i = 0; i < 3; i++) sum += look(at + y * row + i * channels, apart) * kernel[y * 3 + i];
            store(to + x * to_step + channel, sum);
        }
    }
}

static void depthwise(const Layer *layer, const half *halves, const half *from, half *to) {
    const half *kernel = halves + layer->depth_weights, *bias = halves + layer->depth_bias;
    int64_t channels = layer->in_channels, columns = layer->out_columns;
    if (channels == NARROW && layer->stride == 1)
        depthwise_row(2, 0, from, layer->in_row, NARROW, columns / 2, LANES, kernel, bias, to);
    else if (channels == NARROW)
        depthwise_row(4, 2 * NARROW, from, layer->in_row, NARROW, columns / 2, LANES, kernel, bias, to);
    else if (layer->stride == 1)
        depthwise_row(1, 0, from, layer->in_row, channels, columns, channels, kernel, bias, to);
    else
        depthwise_row(2, 0, from, layer->in_row, channels, columns, channels, kernel, bias, to);
}

/* What a layer adds, where it is not there as it is: as in network.c. */
static void prepare_addend(const Layer *layer, const half *work, int64_t y, half *to) {
    int64_t own = layer->add_channels, channels = layer->out_channels;
    int is_largest = layer->add_kind == ADD_LARGEST;
    for (int64_t x = 0; x < layer->out_columns; x++) {
        int64_t scale = is_largest ? 2 : 1;
        const half *at = work + layer->add + y * scale * layer->add_row + x * scale * layer->add_pixel;
        half *pixel = to + x * channels;
        for (int64_t channel = 0; channel < channels; channel += NARROW) {
            sixteen value = {0};
            if (channel < own) {
                value = load_sixteen(at + channel);
                if (is_largest) {
                    value = larger(value, load_sixteen(at + layer->add_pixel + channel));
                    const half *below = at + layer->add_row + channel;
                    value = larger(value, larger(load_sixteen(below), load_sixteen(below + layer->add_pixel)));
                }
            }
            store_sixteen(pixel + channel, value);
        }
    }
}

/* Rows of a block or of a pointwise layer: one, or of a small picture as many as make whole tiles. */
static void run_rows(const Layer *layer, const half *halves, half *work, half *scratch, int64_t y, int64_t rows) {
    half *made = scratch, *addend = scratch + MOST_MADE;
    int64_t channels = layer->in_channels, columns = layer->out_columns;
    const half *at = work + layer->in + (y * layer->stride - layer->pad) * layer->in_row - layer->pad * layer->in_pixel;
    Row row = {.from = at, .to = work + layer->out + y * layer->out_row, .step = layer->stride * layer->in_pixel,
               .to_step = layer->out_pixel};
    if (rows > 1) row.to = addend + MOST_MADE;
    Sums sums = {halves + layer->halves, halves + layer->bias, halves + layer->slope};
    if (layer->kind == BLOCK) {
        for (int64_t more = 0; more < rows; more++)
            depthwise(layer, halves, at + more * layer->stride * layer->in_row, made + more * columns * channels);
        row.from = made;
        row.step = channels;
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
    if (layer->out_channels == NARROW)
        FACES(multiply_narrow)(columns, &row, &sums, 0);
    else
        FACES(multiply)(rows * columns, channels, &row, &sums, layer->out_channels);
    if (rows > 1)
        for (int64_t more = 0; more < rows; more++)
            memcpy(work + layer->out + (y + more) * layer->out_row, row.to + more * columns * layer->out_pixel,
                   (size_t)(columns * layer->out_pixel) * sizeof(half));
}

static int64_t rows_at_once(const Layer *layer) {
    if (layer->kind != BLOCK || layer->out_columns >= SMALL_COLUMNS || layer->out_channels == NARROW) return 1;
    int64_t channels = layer->in_channels > layer->out_channels ? layer->in_channels : layer->out_channels;
    int64_t rows = MOST_MADE / (layer->out_columns * channels);
    return rows < 1 ? 1 : rows < layer->out_rows ? rows : layer->out_rows;
}

/* The first layer: colours in single precision, of which each line is narrowed once. */
static void run_stem(const Layer *layer, const half *halves, const float *singles, half *work, half *scratch) {
    const float *first = singles + layer->in - layer->pad * (layer->in_row + layer->in_pixel);
    int64_t numbers = (layer->out_columns * layer->stride + layer->side) * layer->in_pixel;
    int64_t line = (numbers + LANES) / LANES * LANES, ready = 0;
    Sums sums = {halves + layer->halves, halves + layer->bias, halves + layer->slope};
    for (int64_t y = 0; y < layer->out_rows; y++) {
        if (ready) memcpy(scratch, scratch + 2 * line, (size_t)line * sizeof(half));
        for (; ready < y * 2 + 3; ready++) {
            half *to = scratch + (ready - y * 2) * line;
            for (int64_t place = 0; place < numbers; place += NARROW) narrow(to + place, first + ready * layer->in_row + place);
        }
        Row row = {.from = scratch, .to = work + layer->out + y * layer->out_row, .step = STEM_STEP};
        FACES(multiply_narrow)(layer->out_columns, &row, &sums, line);
    }
}

/* A convolution over all of a small picture, summed and told in single precision. */
static void run_whole(const Layer *layer, const half *halves, const float *singles, const half *work, float *told,
                      float *scratch) {
    int64_t across = layer->in_columns * layer->in_pixel;
    float *all = scratch;
    for (int64_t y = 0; y < layer->in_rows; y++)
        for (int64_t place = 0; place < across; place += NARROW)
            *(singles16 *)(all + y * across + place) = widened(work + layer->in + y * layer->in_row + place);
    for (int64_t first = 0; first < layer->out_channels; first += PANEL) {
        int64_t panel = layer->out_channels - first < PANEL ? layer->out_channels - first : PANEL;
        int64_t second = panel - NARROW; /* of the last panel maybe the first once more */
        const half *weights = halves + layer->halves + first * layer->depth;
        singles16 sums[4][2] = {{{0}}};
        for (int64_t k = 0; k < layer->depth; k += 4, weights += 4 * panel) {
            UNROLL for (int i = 0; i < 4; i++) {
                singles16 value = (singles16)_mm512_set1_ps(all[k + i]);
                sums[i][0] += value * widened(weights + i * panel);
                sums[i][1] += value * widened(weights + i * panel + second);
            }
        }
        for (int part = 0; part < 2; part++) {
            int64_t channel = first + part * second;
            singles16 sum = (sums[0][part] + sums[1][part]) + (sums[2][part] + sums[3][part]);
            sum += *(const singles16 *)(singles + layer->bias + channel);
            *(singles16 *)(told + layer->out + channel) = sum;
        }
    }
}

/* Nothing around a picture that lies where others have lain. */
static void clear_border(const Layer *layer, half *work) {
    int64_t row = layer->out_row, pixel = layer->out_pixel, rows = layer->out_rows;
    half *first = work + layer->out, *behind = first + layer->out_columns * pixel; /* of a row */
    memset(first - row - pixel, 0, (size_t)(row + pixel) * sizeof *first);
    for (int64_t y = 0; y + 1 < rows; y++, behind += row) /* and before the next */
        for (int64_t channel = 0; channel < 2 * pixel; channel += LANES) store(behind + channel, (vec){0});
    memset(behind, 0, (size_t)(row + pixel) * sizeof *first);
}

void FACES(run_mesh)(const Layer *layers, int64_t count, const float *singles, const uint16_t *stored, float *work,
                     float *scratch) {
    const half *halves = (const half *)stored;
    half *pictures = (half *)work;
    for (const Layer *layer = layers; layer < layers + count; layer++) {
        if (layer->kind == WHOLE) {
            run_whole(layer, halves, singles, pictures, work, scratch);
            continue;
        }
        if (layer->kind == STEM) {
            run_stem(layer, halves, work, pictures, (half *)scratch);
        } else {
            int64_t rows = rows_at_once(layer);
            for (int64_t y = 0; y < layer->out_rows; y += rows) {
                int64_t now = layer->out_rows - y < rows ? layer->out_rows - y : rows;
                run_rows(layer, halves, pictures, (half *)scratch, y, now);
            }
        }
        clear_border(layer, pictures);
    }
}
