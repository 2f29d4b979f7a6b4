/* What is asked of every frame: its luma in few rows, its light, and whether it has changed where no face explains it.
 *
 * Whole numbers throughout, so that the results are those of `imaging.py`, `change.py` and OpenCV to the bit.
 */
#include "faces.h"

#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { MOST_DOWN = 64, MOST_ACROSS = 128 }; /* pixels of a cell of the thumb */
enum { THUMB_COLUMNS = 32, THUMB_ROWS = 24, CHANGED_LEVELS = 8, LEAST_LEVELS = 6, MOST_LEVEL = 255 };

/* Luma as OpenCV 5 has it: weights in 2^-15. */
enum { RED = 9798, GREEN = 19235, BLUE = 3735, HALF = 1 << 14 };

enum { AT_ONCE = 16384 }; /* pixels of which 32 bits hold the squares */

typedef struct {
    uint64_t levels, squares;
} Light;

/* The luma of up to AT_ONCE pixels. */
static void luma(const uint8_t *pixel, int64_t channels, int64_t count, uint8_t *to, Light *light) {
    int64_t x = 0;
    uint32_t levels = 0, squares = 0;
    if (channels == 4) {
        const __m256i zero = _mm256_setzero_si256(), half = _mm256_set1_epi32(HALF);
        const __m256i weights = _mm256_set1_epi64x((int64_t)RED | (int64_t)GREEN << 16 | (int64_t)BLUE << 32);
        __m256i sums = zero, sums_of_squares = zero;
        for (; x + 8 <= count; x += 8) {
            __m256i all = _mm256_loadu_si256((const __m256i *)(pixel + 4 * x));
            __m256i one = _mm256_madd_epi16(_mm256_unpacklo_epi8(all, zero), weights);
            __m256i other = _mm256_madd_epi16(_mm256_unpackhi_epi8(all, zero), weights);
            __m256i level = _mm256_srli_epi32(_mm256_add_epi32(_mm256_hadd_epi32(one, other), half), 15);
            sums = _mm256_add_epi32(sums, level);
            sums_of_squares = _mm256_add_epi32(sums_of_squares, _mm256_madd_epi16(level, level));
            __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(level), _mm256_extracti128_si256(level, 1));
            _mm_storel_epi64((__m128i *)(to + x), _mm_packus_epi16(words, words));
        }
        uint32_t lanes[8], lanes_of_squares[8];
        _mm256_storeu_si256((__m256i *)lanes, sums);
        _mm256_storeu_si256((__m256i *)lanes_of_squares, sums_of_squares);
        for (int lane = 0; lane < 8; lane++) levels += lanes[lane], squares += lanes_of_squares[lane];
    }
    for (pixel += channels * x; x < count; x++, pixel += channels) {
        uint32_t level = (uint32_t)(pixel[0] * RED + pixel[1] * GREEN + pixel[2] * BLUE + HALF) >> 15;
        to[x] = (uint8_t)level;
        levels += level, squares += level * level;
    }
    light->levels += levels, light->squares += squares;
}

/* The luma of every `step`th row, and of that the means of cells, where these are whole.
 * `said`: mean and standard deviation, of levels. Returns whether `thumb` was made.
 */
int FACES(glimpse)(const Picture *picture, int64_t step, int64_t rows, uint8_t *grey, uint8_t *thumb, double *said) {
    int64_t columns = picture->columns, channels = picture->channels;
    Light light = {0, 0};
    for (int64_t y = 0; y < rows; y++) {
        const uint8_t *row = picture->pixels + y * step * columns * channels;
        for (int64_t x = 0; x < columns; x += AT_ONCE) {
            int64_t count = columns - x < AT_ONCE ? columns - x : AT_ONCE;
            luma(row + x * channels, channels, count, grey + y * columns + x, &light);
        }
    }
    double count = (double)(rows * columns), mean = (double)light.levels / count;
    said[0] = mean;
    said[1] = sqrt(fmax((double)light.squares / count - mean * mean, 0));
    int64_t across = columns / THUMB_COLUMNS, down = rows / THUMB_ROWS;
    if (columns % THUMB_COLUMNS || rows % THUMB_ROWS || down > MOST_DOWN || across > MOST_ACROSS) return 0;
    float share = 1.0f / (float)(across * down);
    for (int64_t y = 0; y < THUMB_ROWS; y++) {
        uint16_t sums[MOST_ACROSS * THUMB_COLUMNS];
        memset(sums, 0, (size_t)columns * sizeof *sums);
        for (int64_t line = 0; line < down; line++) {
            const uint8_t *from = grey + (y * down + line) * columns;
            for (int64_t x = 0; x < columns; x++) sums[x] = (uint16_t)(sums[x] + from[x]);
        }
        for (int64_t x = 0; x < THUMB_COLUMNS; x++) {
            uint32_t cell = 0;
            for (int64_t place = 0; place < across; place++) cell += sums[x * across + place];
            thumb[y * THUMB_COLUMNS + x] = (uint8_t)rintf((float)cell * share);
        }
    }
    return 1;
}

static uint8_t at_most(int value) { return (uint8_t)(value < 0 ? 0 : value > MOST_LEVEL ? MOST_LEVEL : value); }

/* By how much each cell that no face explains is beyond its bounds, all together. */
static int beyond(const uint8_t *now, const uint8_t *low, const uint8_t *high, const uint8_t *free, int darker,
                  uint8_t *each) {
    int sum = 0;
    for (int cell = 0; cell < THUMB_COLUMNS * THUMB_ROWS; cell++) {
        uint8_t level = at_most(now[cell] - darker);
        uint8_t over = at_most(level - high[cell]), under = at_most(low[cell] - level);
        uint8_t by = (uint8_t)((over > under ? over : under) * free[cell]);
        each[cell] = by < each[cell] ? by : each[cell];
        sum += each[cell];
    }
    return sum;
}

/* The bounds after a motion of the whole picture (as warpAffine has it); what comes in from outside is `outside`. */
static void carry(const uint8_t *from, const double *motion, uint8_t outside, uint8_t *to) {
    double determinant = motion[0] * motion[4] - motion[1] * motion[3], share = determinant ? 1 / determinant : 0;
    double xx = motion[4] * share, xy = -motion[1] * share, yx = -motion[3] * share, yy = motion[0] * share;
    double x0 = -xx * motion[2] - xy * motion[5], y0 = -yx * motion[2] - yy * motion[5];
    for (int y = 0; y < THUMB_ROWS; y++) {
        for (int x = 0; x < THUMB_COLUMNS; x++) {
            double across = xx * x + xy * y + x0, down = yx * x + yy * y + y0;
            across = across > -2 ? (across < THUMB_COLUMNS + 1 ? across : THUMB_COLUMNS + 1) : -2;
            down = down > -2 ? (down < THUMB_ROWS + 1 ? down : THUMB_ROWS + 1) : -2;
            int left = (int)floor(across), top = (int)floor(down);
            float right = (float)(across - left), lower = (float)(down - top), lines[2];
            for (int line = 0; line < 2; line++) {
                float ends[2];
                for (int side = 0; side < 2; side++) {
                    int column = left + side, row = top + line;
                    int is_in = column >= 0 && row >= 0 && column < THUMB_COLUMNS && row < THUMB_ROWS;
                    ends[side] = is_in ? from[row * THUMB_COLUMNS + column] : outside;
                }
                lines[line] = ends[0] + right * (ends[1] - ends[0]);
            }
            to[y * THUMB_COLUMNS + x] = (uint8_t)rintf(lines[0] + lower * (lines[1] - lines[0]));
        }
    }
}

/* `change.find_change` up to where it names a place: by how much `each` cell is beyond its bounds, and all together.
 * `explained`: of each face its first row and its first and last but one columns, as slices of the thumb. `motion`
 * takes a cell's place before to its place now, or is NULL.
 */
int FACES(find_beyond)(const uint8_t *before, const uint8_t *now, const int64_t *explained, int64_t faces,
                       const double *motion, uint8_t *each) {
    enum { CELLS = THUMB_COLUMNS * THUMB_ROWS };
    uint8_t free[CELLS], low[CELLS], high[CELLS], least[CELLS], most[CELLS];
    memset(free, 1, sizeof free);
    for (int64_t face = 0; face < faces; face++, explained += 3) {
        int64_t begin = explained[1] < 0 ? 0 : explained[1], end = explained[2];
        for (int64_t y = explained[0] < 0 ? 0 : explained[0]; y < THUMB_ROWS; y++)
            for (int64_t x = begin; x < end && x < THUMB_COLUMNS; x++) free[y * THUMB_COLUMNS + x] = 0;
    }
    /* Darkest and brightest of three in a row, then of three such below each other. */
    for (int y = 0; y < THUMB_ROWS; y++) {
        const uint8_t *row = before + y * THUMB_COLUMNS;
        for (int x = 0; x < THUMB_COLUMNS; x++) {
            uint8_t one = row[x ? x - 1 : 0], own = row[x], other = row[x + 1 < THUMB_COLUMNS ? x + 1 : x];
            uint8_t darker = one < other ? one : other, brighter = one > other ? one : other;
            least[y * THUMB_COLUMNS + x] = darker < own ? darker : own;
            most[y * THUMB_COLUMNS + x] = brighter > own ? brighter : own;
        }
    }
    for (int cell = 0; cell < CELLS; cell++) {
        int above = cell >= THUMB_COLUMNS ? cell - THUMB_COLUMNS : cell;
        int below = cell + THUMB_COLUMNS < CELLS ? cell + THUMB_COLUMNS : cell;
        uint8_t darkest = least[above] < least[below] ? least[above] : least[below];
        uint8_t brightest = most[above] > most[below] ? most[above] : most[below];
        darkest = darkest < least[cell] ? darkest : least[cell];
        brightest = brightest > most[cell] ? brightest : most[cell];
        low[cell] = at_most(darkest - CHANGED_LEVELS), high[cell] = at_most(brightest + CHANGED_LEVELS);
    }
    memset(each, MOST_LEVEL, CELLS);
    int levels = beyond(now, low, high, free, 0, each);
    if (levels < LEAST_LEVELS) return levels;
    /* How much brighter it is: the middle one of the free cells' differences. */
    int counts[2 * MOST_LEVEL + 1] = {0}, count = 0, brighter = 0;
    for (int cell = 0; cell < CELLS; cell++)
        if (free[cell]) counts[now[cell] - before[cell] + MOST_LEVEL]++, count++;
    for (int passed = 0; brighter < 2 * MOST_LEVEL; brighter++) {
        passed += counts[brighter];
        if (passed > count / 2) break;
    }
    brighter -= MOST_LEVEL;
    if (brighter) levels = beyond(now, low, high, free, brighter, each);
    if (levels < LEAST_LEVELS || !motion) return levels;
    carry(low, motion, 0, least);
    carry(high, motion, MOST_LEVEL, most);
    return beyond(now, least, most, free, brighter, each);
}
