/* How well a picture, and a face in it, can be seen: the sums that `imaging.py`, `visibility.py` and `scene.py` take.
 *
 * Pictures are made smaller as OpenCV makes them: means of whole squares, and between pixels with weights of 11 bits.
 */
#include "faces.h"

#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { MOST_COLUMNS = 320, MOST_ROWS = 640, ROOM = (MOST_COLUMNS + 2) * (MOST_ROWS + 2) };
enum { RED = 9798, GREEN = 19235, BLUE = 3735, HALF = 1 << 14, GLARING = 250 };
enum { FINE_COLUMNS = 160, COARSE_COLUMNS = 40, FIELD_COLUMNS = 8, FIELD_ROWS = 6, FIELDS = 48, SQUARE = 8, EVERY = 4 };
enum { STEPS = 16, MOST_FACE = 112 }; /* of a field's brightness and detail; columns of a face */

/* Luma inside a border of the second pixel from each edge, as OpenCV's filters look beyond edges. */
typedef struct {
    int64_t columns, rows, row; /* `row`: bytes to the next one */
    uint8_t *first;             /* the first pixel within the border */
    uint8_t room[ROOM];
} Grey;

static void begin(Grey *grey, int64_t columns, int64_t rows) {
    grey->columns = columns, grey->rows = rows, grey->row = columns + 2;
    grey->first = grey->room + grey->row + 1;
}

static void close_border(Grey *grey) {
    int64_t columns = grey->columns, rows = grey->rows, row = grey->row;
    for (int64_t y = 0; y < rows; y++) {
        uint8_t *line = grey->first + y * row;
        line[-1] = line[columns > 1 ? 1 : 0];
        line[columns] = line[columns > 1 ? columns - 2 : 0];
    }
    memcpy(grey->room, grey->first - 1 + (rows > 1 ? row : 0), (size_t)row);
    memcpy(grey->first - 1 + rows * row, grey->first - 1 + (rows > 1 ? rows - 2 : 0) * row, (size_t)row);
}

/* Of eight pixels' pairs, colour by colour, the sums. */
static __m256i pair_sums(const uint8_t *pixels) {
    const __m256i by_colour = _mm256_setr_epi8(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15, 0, 4, 1, 5, 2, 6, 3,
                                               7, 8, 12, 9, 13, 10, 14, 11, 15);
    __m256i own = _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)pixels), by_colour);
    return _mm256_maddubs_epi16(own, _mm256_set1_epi8(1));
}

/* Means of 2 x 2 pixels as luma, eight at a time; returns how many of a row were made. */
static int64_t halve_row(const uint8_t *from, int64_t across, int64_t columns, uint8_t *to) {
    const __m256i weights = _mm256_set1_epi64x((int64_t)RED | (int64_t)GREEN << 16 | (int64_t)BLUE << 32);
    const __m256i two = _mm256_set1_epi16(2), half = _mm256_set1_epi32(HALF);
    int64_t x = 0;
    for (; x + 8 <= columns; x += 8, from += 64) {
        __m256i parts[2];
        for (int part = 0; part < 2; part++) {
            __m256i sums = _mm256_add_epi16(pair_sums(from + 32 * part), pair_sums(from + across + 32 * part));
            parts[part] = _mm256_madd_epi16(_mm256_srli_epi16(_mm256_add_epi16(sums, two), 2), weights);
        }
        __m256i levels = _mm256_permute4x64_epi64(_mm256_hadd_epi32(parts[0], parts[1]), 0xD8);
        levels = _mm256_srli_epi32(_mm256_add_epi32(levels, half), 15);
        __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(levels), _mm256_extracti128_si256(levels, 1));
        _mm_storel_epi64((__m128i *)(to + x), _mm_packus_epi16(words, words));
    }
    return x;
}

/* A box of the picture, in means of `factor` x `factor` pixels, as luma. */
static void shrink_box(const Picture *picture, int64_t left, int64_t top, int64_t factor, Grey *grey) {
    int64_t across = picture->columns * 4;
    float share = 1.0f / (float)(factor * factor);
    for (int64_t y = 0; y < grey->rows; y++) {
        const uint8_t *from = picture->pixels + (top + y * factor) * across + left * 4;
        uint8_t *to = grey->first + y * grey->row;
        int64_t x = factor == 2 ? halve_row(from, across, grey->columns, to) : 0;
        from += 4 * factor * x;
        for (; x < grey->columns; x++, from += 4 * factor) {
            int colours[3];
            if (factor == 2) {
                const uint8_t *below = from + across;
                for (int c = 0; c < 3; c++) colours[c] = (from[c] + from[4 + c] + below[c] + below[4 + c] + 2) >> 2;
            } else {
                int sums[3] = {0};
                for (int64_t line = 0; line < factor; line++)
                    for (int64_t place = 0; place < factor; place++)
                        for (int c = 0; c < 3; c++) sums[c] += from[line * across + 4 * place + c];
                for (int c = 0; c < 3; c++) colours[c] = (int)rintf((float)sums[c] * share);
            }
            to[x] = (uint8_t)((colours[0] * RED + colours[1] * GREEN + colours[2] * BLUE + HALF) >> 15);
        }
    }
}

static void shrink_grey(const Grey *from, int64_t factor, Grey *to) {
    float share = 1.0f / (float)(factor * factor);
    for (int64_t y = 0; y < to->rows; y++) {
        for (int64_t x = 0; x < to->columns; x++) {
            const uint8_t *at = from->first + y * factor * from->row + x * factor;
            int sum = 0;
            if (factor == 2) {
                sum = (at[0] + at[1] + at[from->row] + at[from->row + 1] + 2) >> 2;
            } else {
                for (int64_t line = 0; line < factor; line++)
                    for (int64_t place = 0; place < factor; place++) sum += at[line * from->row + place];
                sum = (int)rintf((float)sum * share);
            }
            to->first[y * to->row + x] = (uint8_t)sum;
        }
    }
}

typedef struct {
    int32_t at[MOST_ROWS], next[MOST_ROWS];
    int16_t near[MOST_ROWS], far[MOST_ROWS];
} Steps;

static void step_through(int64_t from, int64_t to, Steps *steps) {
    double scale = (double)from / (double)to;
    for (int64_t place = 0; place < to; place++) {
        float at = (float)(((double)place + 0.5) * scale - 0.5);
        int64_t whole = (int64_t)floorf(at);
        float part = at - (float)whole;
        if (whole < 0) whole = 0, part = 0;
        if (whole >= from - 1) whole = from - 1, part = 0;
        steps->at[place] = (int32_t)whole;
        steps->next[place] = (int32_t)(whole + 1 < from ? whole + 1 : whole);
        steps->near[place] = (int16_t)lrintf((1 - part) * 2048), steps->far[place] = (int16_t)lrintf(part * 2048);
    }
}

int FACES(shrink_between)(const Levels *from, const Levels *to) {
    if (to->columns > MOST_ROWS || to->rows > MOST_ROWS) return 0;
    Steps across, down;
    step_through(from->columns, to->columns, &across);
    step_through(from->rows, to->rows, &down);
    for (int64_t y = 0; y < to->rows; y++) {
        const uint8_t *upper = from->first + down.at[y] * from->row, *lower = from->first + down.next[y] * from->row;
        for (int64_t x = 0; x < to->columns; x++) {
            int left = across.at[x], right = across.next[x], near = across.near[x], far = across.far[x];
            int above = upper[left] * near + upper[right] * far, below = lower[left] * near + lower[right] * far;
            int sum = ((down.near[y] * (above >> 4)) >> 16) + ((down.far[y] * (below >> 4)) >> 16);
            to->first[y * to->row + x] = (uint8_t)((sum + 2) >> 2);
        }
    }
    return 1;
}

typedef struct {
    int64_t sum, squares;
} Sums;

/* Of the Laplacian; its squares for each of 8 x 6 fields too, where `fields` is given and the picture is made of them. */
static Sums laplacian(const Grey *grey, int64_t *fields) {
    Sums all = {0, 0};
    int64_t row = grey->row, across = grey->columns / FIELD_COLUMNS, down = grey->rows / FIELD_ROWS;
    for (int64_t y = 0; y < grey->rows; y++) {
        const uint8_t *at = grey->first + y * row;
        int32_t differences[MOST_COLUMNS], sum = 0, squares = 0;
        for (int64_t x = 0; x < grey->columns; x++) {
            int32_t own = at[x - row] + at[x + row] + at[x - 1] + at[x + 1] - 4 * at[x];
            sum += own, squares += own * own;
            differences[x] = own * own;
        }
        all.sum += sum, all.squares += squares;
        if (!fields) continue;
        for (int64_t field = 0; field < FIELD_COLUMNS; field++) {
            int32_t some = 0;
            for (int64_t x = field * across; x < (field + 1) * across; x++) some += differences[x];
            fields[y / down * FIELD_COLUMNS + field] += some;
        }
    }
    return all;
}

/* Squares of second differences along a direction. */
static int64_t second_differences(const Grey *grey, int64_t step) {
    int64_t all = 0;
    for (int64_t y = 0; y < grey->rows; y++) {
        const uint8_t *at = grey->first + y * grey->row;
        int32_t squares = 0;
        for (int64_t x = 0; x < grey->columns; x++) {
            int32_t own = at[x - step] + at[x + step] - 2 * at[x];
            squares += own * own;
        }
        all += squares;
    }
    return all;
}

/* Steps of green into every eighth column from this one on, in every fourth row; `count` of them. */
static int64_t steps_at(const Picture *picture, int64_t column, int64_t *count) {
    int64_t all = 0;
    *count = 0;
    for (int64_t y = 0; y < picture->rows; y += EVERY) {
        const uint8_t *row = picture->pixels + y * picture->columns * 4 + 1;
        for (int64_t x = column; x < picture->columns; x += SQUARE, ++*count) {
            int step = row[4 * x] - row[4 * x - 4];
            all += step < 0 ? -step : step;
        }
    }
    return all;
}

/* `imaging.part_of` and `_final_size`: a box of the picture in means of `factor` pixels, made as large as it is measured. */
typedef struct {
    int64_t factor, left, top, columns, rows, final_columns, final_rows;
} Part;

static int64_t at_least(double number, int64_t least, int64_t most) { /* what is no number is the least */
    return number > (double)least ? (number < (double)most ? (int64_t)number : most) : least;
}

static Part part_of(const Picture *picture, const double *box) {
    int64_t factor = picture->columns / MOST_COLUMNS;
    if (factor < 1) factor = 1;
    int64_t columns = picture->columns / factor, rows = picture->rows / factor;
    if (columns < 1 || rows < 1) return (Part){factor, 0, 0, 0, 0, 0, 0};
    int64_t left = at_least(box[0] * (double)columns, 0, columns - 1), top = at_least(box[1] * (double)rows, 0, rows - 1);
    int64_t right = at_least(rint((box[0] + box[2]) * (double)columns), left + 1, columns);
    int64_t bottom = at_least(rint((box[1] + box[3]) * (double)rows), top + 1, rows);
    Part part = {factor, left * factor, top * factor, right - left, bottom - top, right - left, bottom - top};
    double share = fmin(1.0, MOST_COLUMNS / (double)columns);
    int64_t width = at_least(rint((double)part.columns * share), 1, MOST_FACE);
    if (part.columns > width) {
        part.final_rows = at_least(rint((double)(part.rows * width) / (double)part.columns), 1, part.rows);
        part.final_columns = width;
    }
    return part;
}

/* A face's light and edges; `face` is its left, top, width and height in fractions of the picture.
 * `said`: mean level, mean and mean square of the Laplacian. Returns 0 where it is too large for this.
 */
int FACES(measure_part)(const Picture *picture, const double *face, double *said) {
    Part chosen = part_of(picture, face);
    int64_t factor = chosen.factor, left = chosen.left, top = chosen.top, columns = chosen.columns, rows = chosen.rows;
    int64_t final_columns = chosen.final_columns, final_rows = chosen.final_rows;
    if (picture->channels != 4 || columns > MOST_COLUMNS || rows > MOST_ROWS || columns < 1 || rows < 1) return 0;
    Grey box, part, *final = &box;
    begin(&box, columns, rows);
    if (factor == 1) {
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < columns; x++) {
                const uint8_t *pixel = picture->pixels + ((top + y) * picture->columns + left + x) * 4;
                box.first[y * box.row + x] = (uint8_t)((pixel[0] * RED + pixel[1] * GREEN + pixel[2] * BLUE + HALF) >> 15);
            }
    } else {
        shrink_box(picture, left, top, factor, &box);
    }
    if (final_columns < columns) {
        begin(&part, final_columns, final_rows);
        Levels whole = {columns, rows, box.row, box.first};
        Levels made = {final_columns, final_rows, part.row, part.first};
        FACES(shrink_between)(&whole, &made);
        final = &part;
    }
    close_border(final);
    int64_t levels = 0;
    for (int64_t y = 0; y < final->rows; y++) {
        uint32_t some = 0;
        for (int64_t x = 0; x < final->columns; x++) some += final->first[y * final->row + x];
        levels += some;
    }
    Sums edges = laplacian(final, NULL);
    double count = (double)(final->columns * final->rows);
    said[0] = (double)levels / count, said[1] = (double)edges.sum / count, said[2] = (double)edges.squares / count;
    return 1;
}

/* All of a picture that is a whole number of times as wide as MOST_COLUMNS. `said`: mean and mean square of the
 * Laplacian, its mean square at half the size, the mean squares of four directions at an eighth and at half of it, the
 * glaring share, the mean steps between blocks and within them. `told`: of each field a byte, as `scene.scene_of` has it.
 * Returns 0 for a picture of another size.
 */
int FACES(measure_whole)(const Picture *picture, double *said, uint8_t *told) {
    int64_t factor = picture->columns / MOST_COLUMNS;
    if (picture->channels != 4 || factor < 2 || picture->columns % MOST_COLUMNS || picture->rows % factor) return 0;
    int64_t rows = picture->rows / factor;
    if (rows > MOST_ROWS || rows % (SQUARE * FIELD_ROWS)) return 0;
    Grey grey, fine, coarse;
    begin(&grey, MOST_COLUMNS, rows);
    shrink_box(picture, 0, 0, factor, &grey);
    close_border(&grey);
    begin(&fine, FINE_COLUMNS, rows / 2);
    shrink_grey(&grey, 2, &fine);
    close_border(&fine);
    begin(&coarse, COARSE_COLUMNS, rows / 8);
    shrink_grey(&fine, 4, &coarse);
    close_border(&coarse);
    int64_t fields[FIELDS] = {0}, levels[FIELDS] = {0}, glaring = 0;
    Sums edges = laplacian(&grey, fields), finer = laplacian(&fine, NULL);
    double count = (double)(MOST_COLUMNS * rows);
    said[0] = (double)edges.sum / count, said[1] = (double)edges.squares / count;
    said[2] = (double)finer.squares / (count / 4);
    for (int direction = 0; direction < 4; direction++) {
        for (int is_fine = 0; is_fine < 2; is_fine++) {
            const Grey *of = is_fine ? &fine : &coarse;
            int64_t steps[4] = {1, of->row, of->row + 1, of->row - 1};
            said[3 + 2 * direction + is_fine] =
                (double)second_differences(of, steps[direction]) / (double)(of->columns * of->rows);
        }
    }
    int64_t down = rows / FIELD_ROWS, across = MOST_COLUMNS / FIELD_COLUMNS;
    for (int64_t y = 0; y < rows; y++) {
        const uint8_t *at = grey.first + y * grey.row;
        for (int64_t field = 0; field < FIELD_COLUMNS; field++) {
            int32_t sum = 0;
            for (int64_t x = field * across; x < (field + 1) * across; x++) sum += at[x];
            levels[y / down * FIELD_COLUMNS + field] += sum;
        }
        int32_t bright = 0;
        for (int64_t x = 0; x < MOST_COLUMNS; x++) bright += at[x] >= GLARING;
        glaring += bright;
    }
    said[11] = (double)glaring / count;
    int64_t between, within;
    said[12] = (double)steps_at(picture, SQUARE, &between), said[13] = (double)steps_at(picture, SQUARE / 2, &within);
    said[12] /= between > 0 ? (double)between : 1, said[13] /= within > 0 ? (double)within : 1;
    for (int field = 0; field < FIELDS; field++) {
        int tone = (int)rintf((float)levels[field] * (1.0f / (float)(across * down))) / (256 / STEPS);
        int detail = (int)rint(log2(1 + (double)fields[field] / (double)(across * down)));
        told[field] = (uint8_t)(tone * STEPS + (detail < STEPS ? detail : STEPS - 1));
    }
    return 1;
}
