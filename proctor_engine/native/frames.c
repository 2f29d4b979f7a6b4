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
enum { PARTS_ACROSS = 8, PARTS_DOWN = 6, PARTS = PARTS_ACROSS * PARTS_DOWN, RESTLESS = 8, PART_SCALE = 16, UNUSUAL = 2 };

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

/* Numbers of `fingerprint.py`: a picture of so many levels, in so many fields, whose brightness is told in steps. */
enum { PRINT_COLUMNS = 64, PRINT_ROWS = 48, PRINTS = PRINT_COLUMNS * PRINT_ROWS, FIELDS = 8, MOST_STEPS = 128 };
#define STEP_SHARE 0.3333333333333333f

/* As `fingerprint.take_prints`: sums in numpy's order, and no product that is rounded together with its sum. */
static uint64_t rough_print(const uint8_t *small) {
    enum { ACROSS = PRINT_COLUMNS / FIELDS, DOWN = PRINT_ROWS / FIELDS };
    float fields[FIELDS * FIELDS], lanes[FIELDS] = {0};
    for (int field = 0; field < FIELDS * FIELDS; field++) {
        const uint8_t *corner = small + field / FIELDS * DOWN * PRINT_COLUMNS + field % FIELDS * ACROSS;
        int sum = 0;
        for (int y = 0; y < DOWN; y++)
            for (int x = 0; x < ACROSS; x++) sum += corner[y * PRINT_COLUMNS + x];
        fields[field] = (float)sum * (1.0f / (ACROSS * DOWN));
        lanes[field % FIELDS] += fields[field];
    }
    float all = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    float mean = all / (FIELDS * FIELDS);
    uint64_t print = 0;
    for (int field = 0; field < FIELDS * FIELDS; field++) {
        volatile float steps = (fields[field] - mean) * STEP_SHARE;
        print = print << 1 | ((uint64_t)(int)(steps + MOST_STEPS) & 1);
    }
    return print;
}

typedef struct {
    double light, contrast; /* mean and standard deviation, of levels */
    uint64_t rough_print;
    int64_t has_thumb, has_prints;
    uint8_t thumb[THUMB_COLUMNS * THUMB_ROWS], small[PRINTS]; /* what the exact print is taken of */
} Glimpse;

/* The luma of every `step`th row; of that the means of cells, where these are whole, and what prints are taken of, where
 * it is larger than that.
 */
void FACES(glimpse)(const Picture *picture, int64_t step, int64_t rows, uint8_t *grey, Glimpse *said) {
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
    said->light = mean;
    said->contrast = sqrt(fmax((double)light.squares / count - mean * mean, 0));
    /* Of twice the size OpenCV takes means. */
    int is_twice = columns == 2 * PRINT_COLUMNS && rows == 2 * PRINT_ROWS;
    said->has_prints = columns >= PRINT_COLUMNS && rows >= PRINT_ROWS && !is_twice;
    if (said->has_prints) {
        Levels whole = {columns, rows, columns, grey}, small = {PRINT_COLUMNS, PRINT_ROWS, PRINT_COLUMNS, said->small};
        FACES(shrink_between)(&whole, &small);
        said->rough_print = rough_print(said->small);
    }
    int64_t across = columns / THUMB_COLUMNS, down = rows / THUMB_ROWS;
    said->has_thumb = !(columns % THUMB_COLUMNS || rows % THUMB_ROWS || down > MOST_DOWN || across > MOST_ACROSS);
    if (!said->has_thumb) return;
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
            said->thumb[y * THUMB_COLUMNS + x] = (uint8_t)rintf((float)cell * share);
        }
    }
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

/* What `change._explained_by` leaves to faces, and `change._motion`. */
#define ASIDE 0.45
#define ABOVE 0.6
enum { SQUARE = 4 }; /* numbers of a face: centre, side, angle */

static int cell_at(double place, int most) { /* what is no number is the first */
    return place > 0 ? (place < most ? (int)place : most) : 0;
}

static void motion_of(const double *before, const double *now, double width, double height, double *motion) {
    double scale = now[2] / before[2], turn = now[3] - before[3];
    double cosine = scale * cos(turn), sine = scale * sin(turn);
    double across = THUMB_COLUMNS / width, down = THUMB_ROWS / height;
    double x = before[0] * across - 0.5, y = before[1] * down - 0.5;
    motion[0] = cosine, motion[1] = -sine * across / down;
    motion[3] = sine * down / across, motion[4] = cosine;
    motion[2] = now[0] * across - 0.5 - motion[0] * x - motion[1] * y;
    motion[5] = now[1] * down - 0.5 - motion[3] * x - motion[4] * y;
}

/* `change.find_change` up to where it names a place: by how much `each` cell is beyond its bounds, and all together.
 * `faces`: of each its centre, side and angle in a picture of this size. `motion` takes a cell's place before to its
 * place now, or is NULL.
 */
static int find_beyond(const uint8_t *before, const uint8_t *now, const double *faces, int64_t face_count,
                       const double *motion, double width, double height, uint8_t *each) {
    enum { CELLS = THUMB_COLUMNS * THUMB_ROWS };
    uint8_t free[CELLS], low[CELLS], high[CELLS], least[CELLS], most[CELLS];
    memset(free, 1, sizeof free);
    for (int64_t face = 0; face < face_count; face++, faces += SQUARE) {
        double x = faces[0], y = faces[1], side = faces[2];
        int begin = cell_at(floor((x - ASIDE * side) * THUMB_COLUMNS / width), THUMB_COLUMNS);
        int end = cell_at(ceil((x + ASIDE * side) * THUMB_COLUMNS / width), THUMB_COLUMNS);
        int top = cell_at(floor((y - ABOVE * side) * THUMB_ROWS / height), THUMB_ROWS);
        for (int row = top; row < THUMB_ROWS; row++)
            for (int column = begin; column < end; column++) free[row * THUMB_COLUMNS + column] = 0;
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

/* Of the places where cells that touch each other have changed, the one that has changed most: `said` is its left, top,
 * columns, rows, cells and levels. Returns whether there is one of LEAST_LEVELS.
 */
static int strongest(const uint8_t *each, int64_t *said) {
    enum { CELLS = THUMB_COLUMNS * THUMB_ROWS };
    uint8_t seen[CELLS] = {0};
    int16_t queue[CELLS];
    said[5] = LEAST_LEVELS - 1;
    int is_found = 0;
    for (int begin = 0; begin < CELLS; begin++) {
        if (!each[begin] || seen[begin]) continue;
        int count = 0, levels = 0, left = THUMB_COLUMNS, right = 0, top = THUMB_ROWS, bottom = 0;
        seen[begin] = 1, queue[count++] = (int16_t)begin;
        for (int place = 0; place < count; place++) {
            int x = queue[place] % THUMB_COLUMNS, y = queue[place] / THUMB_COLUMNS;
            levels += each[queue[place]];
            left = x < left ? x : left, right = x > right ? x : right;
            top = y < top ? y : top, bottom = y > bottom ? y : bottom;
            for (int row = y > 0 ? y - 1 : 0; row <= y + 1 && row < THUMB_ROWS; row++) {
                for (int column = x > 0 ? x - 1 : 0; column <= x + 1 && column < THUMB_COLUMNS; column++) {
                    int cell = row * THUMB_COLUMNS + column;
                    if (!each[cell] || seen[cell]) continue;
                    seen[cell] = 1, queue[count++] = (int16_t)cell;
                }
            }
        }
        if (levels <= said[5]) continue;
        is_found = 1;
        said[0] = left, said[1] = top, said[2] = right - left + 1, said[3] = bottom - top + 1;
        said[4] = count, said[5] = levels;
    }
    return is_found;
}

/* How much each of `unrest.py`'s fields has changed; then only those cells stay that are news: of calm fields, where any is.
 */
static void leave_news(uint8_t *each, const uint8_t *unrest, int64_t *levels) {
    enum { ACROSS = THUMB_COLUMNS / PARTS_ACROSS, DOWN = THUMB_ROWS / PARTS_DOWN };
    int is_news[PARTS], is_calm_news = 0;
    for (int cell = 0; cell < THUMB_COLUMNS * THUMB_ROWS; cell++)
        levels[cell / THUMB_COLUMNS / DOWN * PARTS_ACROSS + cell % THUMB_COLUMNS / ACROSS] += each[cell];
    for (int part = 0; part < PARTS; part++) {
        is_news[part] = levels[part] * PART_SCALE > UNUSUAL * unrest[part] * unrest[part];
        is_calm_news |= is_news[part] && unrest[part] < RESTLESS && levels[part] >= LEAST_LEVELS;
    }
    for (int cell = 0; cell < THUMB_COLUMNS * THUMB_ROWS; cell++) {
        int part = cell / THUMB_COLUMNS / DOWN * PARTS_ACROSS + cell % THUMB_COLUMNS / ACROSS;
        if (!is_news[part] || (is_calm_news && unrest[part] >= RESTLESS)) each[cell] = 0;
    }
}

/* All of `change.find_change`: whether there is news, what `strongest` says of it, and behind that the levels of each of
 * PARTS fields. Behind the faces are a tracked face's places before and now, where it `has_moved`.
 */
int FACES(find_change)(const uint8_t *before, const uint8_t *now, const double *faces, int64_t count, int64_t has_moved,
                       int64_t width, int64_t height, const uint8_t *unrest, int64_t *said) {
    uint8_t each[THUMB_COLUMNS * THUMB_ROWS];
    double motion[6];
    const double *moved = faces + count * SQUARE;
    if (has_moved) motion_of(moved, moved + SQUARE, (double)width, (double)height, motion);
    int levels = find_beyond(before, now, faces, count, has_moved ? motion : NULL, (double)width, (double)height, each);
    memset(said + 6, 0, PARTS * sizeof *said);
    if (levels < LEAST_LEVELS) return 0;
    leave_news(each, unrest, said + 6);
    return strongest(each, said);
}
