/* Cutting regions out of a picture, and mediapipe's attention mesh: the same as `attention_mesh.py` step by step, in
 * one call. Between two networks everything is out of the near caches, and a dozen calls of numpy take ten times as
 * long as their sums do.
 *
 * Nothing here keeps or frees memory, and no number of a picture or a region is trusted: what lies outside a picture
 * is its edge or black, however far away.
 */
#include "faces.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

enum { MESH_PIXELS = 192, MESH_POINTS = 468, ALL_POINTS = 478, CELLS = 48, CELL_PIXELS = 4, EYE_CELLS = 16 };
enum { CONTOUR = 71, IRIS = 5, FEATURES = 32 };
#define EYE_SCALE 1.5
#define DRIFT 1024
#define FAR_AWAY 1e6 /* no pixel is further from a picture's corner than this: larger numbers are brought to it */

static double within(double value, double least, double most) {
    return value >= least ? (value <= most ? value : most) : least; /* what is no number is the least */
}

/* One pixel between four of the picture, by any rule for what is outside: as floats, rounded to whole levels. */
static void sample_slowly(const Picture *picture, double x, double y, int is_edge_repeated, float *to) {
    x = within(x, -FAR_AWAY, FAR_AWAY);
    y = within(y, -FAR_AWAY, FAR_AWAY);
    int64_t left = (int64_t)floor(x), top = (int64_t)floor(y);
    float right_share = (float)(x - (double)left), lower_share = (float)(y - (double)top);
    float sums[2][3];
    for (int line = 0; line < 2; line++) {
        float ends[2][3] = {{0}};
        for (int side = 0; side < 2; side++) {
            int64_t column = left + side, row = top + line;
            int is_outside = column < 0 || row < 0 || column >= picture->columns || row >= picture->rows;
            if (is_outside && !is_edge_repeated) continue;
            column = column < 0 ? 0 : column >= picture->columns ? picture->columns - 1 : column;
            row = row < 0 ? 0 : row >= picture->rows ? picture->rows - 1 : row;
            const uint8_t *pixel = picture->pixels + (row * picture->columns + column) * picture->channels;
            for (int channel = 0; channel < 3; channel++) ends[side][channel] = pixel[channel];
        }
        for (int channel = 0; channel < 3; channel++)
            sums[line][channel] = ends[0][channel] + right_share * (ends[1][channel] - ends[0][channel]);
    }
    for (int channel = 0; channel < 3; channel++)
        to[channel] = rintf(sums[0][channel] + lower_share * (sums[1][channel] - sums[0][channel]));
}

void FACES(cut_out)(const Picture *picture, const double *matrix, int64_t columns, int64_t rows, int is_edge_repeated,
                    float zero, float *to, int64_t to_row) {
    for (int64_t y = 0; y < rows; y++) {
        double x0 = matrix[1] * (double)y + matrix[2], y0 = matrix[4] * (double)y + matrix[5];
        double x1 = x0 + matrix[0] * (double)(columns - 1), y1 = y0 + matrix[3] * (double)(columns - 1);
        float *pixel = to + y * to_row;
        int64_t x = 0;
#if defined(__AVX2__)
        double most_x = (double)(picture->columns - 2), most_y = (double)(picture->rows - 2);
        int is_inside = picture->channels == 4 && x0 >= 0 && y0 >= 0 && x1 >= 0 && y1 >= 0 && x0 < most_x &&
                        x1 < most_x && y0 < most_y && y1 < most_y;
        if (is_inside) {
            /* Counted on in 2^-32 of a pixel: what that leaves is less than DRIFT, so that no end is passed. */
            int64_t at_x = llrint(x0 * 4294967296.0) + DRIFT, at_y = llrint(y0 * 4294967296.0) + DRIFT;
            int64_t step_x = llrint(matrix[0] * 4294967296.0), step_y = llrint(matrix[3] * 4294967296.0);
            int64_t across = picture->columns * 4;
            const __m128 less = _mm_set1_ps(zero);
            for (; x < columns - 1; x++, at_x += step_x, at_y += step_y, pixel += 3) {
                const uint8_t *upper = picture->pixels + (at_y >> 32) * across + (at_x >> 32) * 4;
                __m256 top = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)upper)));
                __m256 low = _mm256_cvtepi32_ps(
                    _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(upper + across))));
                __m128 right = _mm_set1_ps((float)(uint32_t)at_x * 0x1p-32f);
                __m256 lower = _mm256_set1_ps((float)(uint32_t)at_y * 0x1p-32f);
                __m256 between = _mm256_fmadd_ps(lower, _mm256_sub_ps(low, top), top);
                __m128 left = _mm256_castps256_ps128(between);
                __m128 sum = _mm_fmadd_ps(right, _mm_sub_ps(_mm256_extractf128_ps(between, 1), left), left);
                sum = _mm_round_ps(sum, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
                _mm_storeu_ps(pixel, _mm_sub_ps(sum, less)); /* the fourth is written over by the next pixel */
            }
        }
#else
        (void)x1, (void)y1;
#endif
        for (; x < columns; x++, pixel += 3) {
            sample_slowly(picture, x0 + matrix[0] * (double)x, y0 + matrix[3] * (double)x, is_edge_repeated, pixel);
            for (int channel = 0; channel < 3; channel++) pixel[channel] -= zero;
        }
    }
}

/* Landmarks2TransformMatrix of one eye. */
static void eye_matrix(const float *xs, const float *ys, const int32_t *points, int left, int right, double *matrix) {
    double angle = atan2((double)ys[right] - ys[left], (double)xs[right] - xs[left]);
    double cosine = cos(angle), sine = sin(angle);
    float along = (float)cosine, across = (float)sine;
    float low_x = INFINITY, low_y = INFINITY, high_x = -INFINITY, high_y = -INFINITY;
    for (int place = 0; place < CONTOUR; place++) {
        float x = xs[points[place]], y = ys[points[place]];
        float turned_x = along * x + across * y, turned_y = along * y - across * x;
        low_x = fminf(low_x, turned_x), high_x = fmaxf(high_x, turned_x);
        low_y = fminf(low_y, turned_y), high_y = fmaxf(high_y, turned_y);
    }
    double middle_x = ((double)low_x + high_x) / 2 / CELL_PIXELS, middle_y = ((double)low_y + high_y) / 2 / CELL_PIXELS;
    double scale = EYE_SCALE / EYE_CELLS / CELL_PIXELS;
    double step_x = ((double)high_x - low_x) * scale, step_y = ((double)high_y - low_y) * scale;
    double half = EYE_CELLS / 2.0;
    matrix[0] = cosine * step_x, matrix[1] = -sine * step_y;
    matrix[3] = sine * step_x, matrix[4] = cosine * step_y;
    matrix[2] = middle_x * cosine - middle_y * sine - half * (matrix[0] + matrix[1]);
    matrix[5] = middle_x * sine + middle_y * cosine - half * (matrix[3] + matrix[4]);
}

/* TransformTensorBilinear: the map at the middles of the cut-out's cells; outside the map are zeros. */
static void sample_features(const float *features, const Place *from, const double *matrix, float *cut,
                            const Place *to) {
    for (int y = 0; y < EYE_CELLS; y++) {
        for (int x = 0; x < EYE_CELLS; x++) {
            double across = matrix[0] * (x + 0.5) + matrix[1] * (y + 0.5) + matrix[2] - 0.5;
            double down = matrix[3] * (x + 0.5) + matrix[4] * (y + 0.5) + matrix[5] - 0.5;
            across = within(across, -2, CELLS + 1), down = within(down, -2, CELLS + 1);
            int64_t left = (int64_t)floor(across), top = (int64_t)floor(down);
            float right_share = (float)(across - (double)left), lower_share = (float)(down - (double)top);
            float *pixel = cut + to->at + y * to->row + x * to->pixel;
            float sums[FEATURES] = {0};
            for (int line = 0; line < 2; line++) {
                for (int side = 0; side < 2; side++) {
                    int64_t column = left + side, row = top + line;
                    if (column < 0 || row < 0 || column >= CELLS || row >= CELLS) continue;
                    float share = (side ? right_share : 1 - right_share) * (line ? lower_share : 1 - lower_share);
                    const float *cell = features + from->at + row * from->row + column * from->pixel;
                    for (int channel = 0; channel < FEATURES; channel++) sums[channel] += share * cell[channel];
                }
            }
            memcpy(pixel, sums, sizeof sums);
        }
    }
}

/* `places`: the mesh's input, points, features and flag, the eyes' two inputs, and of each eye contour and iris.
 * `eye_points`: of each eye its contour's landmarks, then its corners, the picture's left one first.
 * Returns whether it is a face; `coordinates` are rows of x, y and z, `said` the flag before its sigmoid and the box.
 */
int FACES(fit_mesh)(const Network *mesh, const Network *eyes, const Place *places, const int32_t *eye_points,
                    const Picture *picture, const double *matrix, double depth_scale, float *coordinates, float *said) {
    const Place *input = places, *points = places + 1, *features = places + 2, *flag = places + 3;
    FACES(cut_out)(picture, matrix, MESH_PIXELS, MESH_PIXELS, 1, 0, mesh->work + input->at, input->row);
    FACES(run_layers)(mesh->layers, mesh->count, mesh->singles, mesh->halves, mesh->work, mesh->scratch);
    said[0] = mesh->work[flag->at];
    if (!(said[0] >= 0)) return 0;
    float xs[ALL_POINTS], ys[ALL_POINTS];
    for (int point = 0; point < MESH_POINTS; point++) {
        const float *own = mesh->work + points->at + 3 * point;
        xs[point] = own[0], ys[point] = own[1];
        coordinates[2 * ALL_POINTS + point] = own[2] * (float)depth_scale;
    }
    memset(coordinates + 2 * ALL_POINTS + MESH_POINTS, 0, (ALL_POINTS - MESH_POINTS) * sizeof(float));
    double eye_matrices[2][6];
    for (int eye = 0; eye < 2; eye++) {
        const int32_t *own = eye_points + eye * (CONTOUR + 2);
        eye_matrix(xs, ys, own, own[CONTOUR], own[CONTOUR + 1], eye_matrices[eye]);
        sample_features(mesh->work, features, eye_matrices[eye], eyes->work, places + 4 + eye);
    }
    FACES(run_layers)(eyes->layers, eyes->count, eyes->singles, eyes->halves, eyes->work, eyes->scratch);
    for (int eye = 0; eye < 2; eye++) {
        const double *to_cut = eye_matrices[eye];
        const int32_t *own = eye_points + eye * (CONTOUR + 2);
        for (int place = 0; place < CONTOUR + IRIS; place++) {
            int is_iris = place >= CONTOUR, number = is_iris ? place - CONTOUR : place;
            const float *from = eyes->work + places[6 + 2 * eye + is_iris].at + 2 * number;
            int32_t point = is_iris ? MESH_POINTS + IRIS * eye + number : own[place];
            double x = from[0], y = from[1];
            xs[point] = (float)(to_cut[0] * x + to_cut[1] * y + to_cut[2] * CELL_PIXELS);
            ys[point] = (float)(to_cut[3] * x + to_cut[4] * y + to_cut[5] * CELL_PIXELS);
        }
    }
    float left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (int point = 0; point < ALL_POINTS; point++) {
        float x = (float)(matrix[0] * xs[point] + matrix[1] * ys[point] + matrix[2]);
        float y = (float)(matrix[3] * xs[point] + matrix[4] * ys[point] + matrix[5]);
        coordinates[point] = x, coordinates[ALL_POINTS + point] = y;
        left = fminf(left, x), right = fmaxf(right, x), top = fminf(top, y), bottom = fmaxf(bottom, y);
    }
    said[1] = left, said[2] = top, said[3] = right, said[4] = bottom;
    return 1;
}
