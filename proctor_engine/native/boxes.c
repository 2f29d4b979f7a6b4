/* mediapipe's face detectors around their networks: the same as `box_detector.py` step by step, in one call. */
#include "faces.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { USED_NUMBERS = 8, MOST_BOXES = 128 };
#define MERGED_OVERLAP 0.3

/* The answers for one grid of anchors. `block` is 2 where a cell's answers are those of 2 x 2 cells (DEPTH_TO_SPACE). */
typedef struct {
    Place logits, boxes;
    int64_t rows, columns, repeats, numbers, block;
    double cells; /* along a whole input's side */
} Grid;

typedef struct {
    double score;
    double numbers[USED_NUMBERS]; /* left, top, right, bottom, right eye, left eye: 0..1 of the input's side */
} Box;

static double overlap(const double *one, const double *other) {
    double width = fmin(one[2], other[2]) - fmax(one[0], other[0]);
    double height = fmin(one[3], other[3]) - fmax(one[1], other[1]);
    if (width <= 0 || height <= 0) return 0;
    double shared = width * height;
    return shared / ((one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared);
}

/* Into the surest so far, in order. */
static int keep(Box *boxes, int count, const Box *box) {
    int place = count;
    if (count == MOST_BOXES) {
        if (boxes[count - 1].score >= box->score) return count;
        place--;
    } else {
        count++;
    }
    for (; place > 0 && boxes[place - 1].score < box->score; place--) boxes[place] = boxes[place - 1];
    boxes[place] = *box;
    return count;
}

static int gather(const float *work, const Grid *grid, float side, double least_logit, Box *boxes, int count) {
    for (int64_t y = 0; y < grid->rows; y++) {
        for (int64_t x = 0; x < grid->columns; x++) {
            int64_t inner = grid->block == 2 ? (y % 2) * 2 + x % 2 : 0, row = y / grid->block, column = x / grid->block;
            const float *logits = work + grid->logits.at + row * grid->logits.row + column * grid->logits.pixel;
            for (int64_t repeat = 0; repeat < grid->repeats; repeat++) {
                int64_t anchor = inner * grid->repeats + repeat;
                double logit = logits[anchor];
                if (!(logit > least_logit)) continue;
                const float *own = work + grid->boxes.at + row * grid->boxes.row + column * grid->boxes.pixel +
                                   anchor * grid->numbers;
                double middle_x = (float)(((double)x + 0.5) / grid->cells);
                double middle_y = (float)(((double)y + 0.5) / grid->cells);
                double n[USED_NUMBERS];
                for (int place = 0; place < USED_NUMBERS; place++) n[place] = own[place] / side;
                double across = n[0] + middle_x, down = n[1] + middle_y;
                Box box = {1 / (1 + exp(-logit)),
                           {across - n[2] / 2, down - n[3] / 2, across + n[2] / 2, down + n[3] / 2, n[4] + middle_x,
                            n[5] + middle_y, n[6] + middle_x, n[7] + middle_y}};
                count = keep(boxes, count, &box);
            }
        }
    }
    return count;
}

/* Weighted non-maximum suppression, as `box_detector._merge`; the faces take the boxes' places. */
static int merge(Box *boxes, int count) {
    int found = 0;
    while (count > found) {
        Box sums = {0}, surest = boxes[found], others[MOST_BOXES];
        int left = 0;
        for (int place = found; place < count; place++) {
            const Box *box = &boxes[place];
            if (place > found && !(overlap(surest.numbers, box->numbers) > MERGED_OVERLAP)) {
                others[left++] = *box;
                continue;
            }
            sums.score += box->score;
            for (int number = 0; number < USED_NUMBERS; number++)
                sums.numbers[number] += box->score * box->numbers[number];
        }
        boxes[found].score = surest.score;
        for (int number = 0; number < USED_NUMBERS; number++)
            boxes[found].numbers[number] = sums.numbers[number] / sums.score;
        found++;
        memcpy(boxes + found, others, (size_t)left * sizeof(Box));
        count = found + left;
    }
    return found;
}

/* Every `step`th pixel as it is, less `zero`. */
static void take_every(const Picture *picture, int64_t left, int64_t top, int64_t step, int64_t columns, int64_t rows,
                       float zero, float *to, int64_t to_row) {
    for (int64_t y = 0; y < rows; y++) {
        const uint8_t *from = picture->pixels + ((top + y * step) * picture->columns + left) * picture->channels;
        float *pixel = to + y * to_row;
        for (int64_t x = 0; x < columns; x++, from += step * picture->channels, pixel += 3)
            for (int channel = 0; channel < 3; channel++) pixel[channel] = (float)from[channel] - zero;
    }
}

/* A square window (its corner and side in pixels of the picture) through a network with an input of this size;
 * `input_side` is what the window's side becomes. Faces: score, left, top, right, bottom and angle, the surest first.
 * `faces` has room for MOST_BOXES. Returns how many there are.
 */
int FACES(find_boxes)(const Network *network, const Place *input, int64_t columns, int64_t rows, const Grid *grids,
                      int64_t grid_count, const Picture *picture, double left, double top, double side,
                      double input_side, double zero, double least_logit, double *faces) {
    double scale = side / input_side;
    float *to = network->work + input->at;
    double right = left + scale * (double)columns, bottom = top + scale * (double)rows;
    int is_within = scale >= 1 && left >= 0 && top >= 0 && right <= (double)picture->columns && bottom <= (double)picture->rows;
    if (is_within && left == floor(left) && top == floor(top) && scale == floor(scale)) {
        take_every(picture, (int64_t)left, (int64_t)top, (int64_t)scale, columns, rows, (float)zero, to, input->row);
    } else {
        double matrix[6] = {scale, 0, left, 0, scale, top};
        FACES(cut_out)(picture, matrix, columns, rows, 0, (float)zero, to, input->row);
    }
    FACES(run_layers)(network->layers, network->count, network->singles, network->halves, network->work,
                      network->scratch);
    Box boxes[MOST_BOXES];
    int count = 0;
    for (int64_t grid = 0; grid < grid_count; grid++)
        count = gather(network->work, &grids[grid], (float)input_side, least_logit, boxes, count);
    count = merge(boxes, count);
    for (int place = 0; place < count; place++, faces += 6) {
        const double *n = boxes[place].numbers;
        faces[0] = boxes[place].score;
        for (int edge = 0; edge < 4; edge++) faces[1 + edge] = (edge % 2 ? top : left) + n[edge] * side;
        faces[5] = atan2(n[7] - n[5], n[6] - n[4]);
    }
    return count;
}
