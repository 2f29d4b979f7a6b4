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

#include <immintrin.h>

enum { MESH_PIXELS = 192, MESH_POINTS = 468, ALL_POINTS = 478, CELLS = 48, CELL_PIXELS = 4, EYE_CELLS = 16 };
enum { CONTOUR = 71, IRIS = 5, FEATURES = 32 };
#define EYE_SCALE 1.5
#define MOST_COLUMNS 192
#define MOST_PIXELS (1 << 28) /* of a picture whose bytes 32 bits can count */
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

#define ALMOST (1.0 - 0x1p-20) /* of the last pixel: behind it there are no four */

/* Where in a picture the pixels of a row are looked for, and how much the right and the lower neighbours count. */
typedef struct {
    int32_t at[MOST_COLUMNS];
    float right[MOST_COLUMNS], lower[MOST_COLUMNS];
} Places;

static void place_row(const Picture *picture, double x0, double y0, double step_x, double step_y, int columns,
                      Places *places) {
    double most_x = (double)(picture->columns - 2) + ALMOST, most_y = (double)(picture->rows - 2) + ALMOST;
    int32_t across = (int32_t)picture->columns * 4;
    for (int i = 0; i < columns; i++) {
        double x = x0 + step_x * i, y = y0 + step_y * i;
        x = x > 0 ? x : 0, y = y > 0 ? y : 0;
        x = x < most_x ? x : most_x, y = y < most_y ? y : most_y;
        int32_t left = (int32_t)x, top = (int32_t)y;
        places->at[i] = top * across + left * 4;
        places->right[i] = (float)(x - left);
        places->lower[i] = (float)(y - top);
    }
}

/* A decoded picture is out of the nearest caches, and a row of a face too short for the processor to see what comes next:
 * so it is asked for what lies below, a few pixels apart. */
enum { APART = 12, AHEAD = 3 };

/* Pixels between four of the picture, of four bytes each; all four are in it. */
static void sample_quickly(const Picture *picture, const Places *places, int columns, float zero, float *to) {
    int64_t across = picture->columns * 4;
    const __m128 less = _mm_set1_ps(zero);
    for (int i = 0; i < columns; i += APART) __builtin_prefetch(picture->pixels + places->at[i] + AHEAD * across);
    for (int i = 0; i < columns; i++, to += 3) {
        const uint8_t *upper = picture->pixels + places->at[i];
        __m256 top = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)upper)));
        __m256 low = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(upper + across))));
        __m256 between = _mm256_fmadd_ps(_mm256_broadcast_ss(places->lower + i), _mm256_sub_ps(low, top), top);
        __m128 left = _mm256_castps256_ps128(between), right = _mm256_extractf128_ps(between, 1);
        __m128 sum = _mm_fmadd_ps(_mm_broadcast_ss(places->right + i), _mm_sub_ps(right, left), left);
        sum = _mm_round_ps(sum, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        _mm_storeu_ps(to, _mm_sub_ps(sum, less)); /* a fourth number, which the next pixel writes over */
    }
}

void FACES(cut_out)(const Picture *picture, const double *matrix, int64_t columns, int64_t rows, int is_edge_repeated,
                    float zero, float *to, int64_t to_row) {
    int is_quick = picture->channels == 4 && picture->columns > 1 && picture->rows > 1 && columns <= MOST_COLUMNS &&
                   picture->columns * picture->rows < MOST_PIXELS;
    double most_x = (double)(picture->columns - 1), most_y = (double)(picture->rows - 1);
    double step_x = within(matrix[0], -FAR_AWAY, FAR_AWAY), step_y = within(matrix[3], -FAR_AWAY, FAR_AWAY);
    for (int64_t y = 0; y < rows; y++) {
        double x0 = within(matrix[1] * (double)y + matrix[2], -FAR_AWAY, FAR_AWAY);
        double y0 = within(matrix[4] * (double)y + matrix[5], -FAR_AWAY, FAR_AWAY);
        float *row = to + y * to_row, kept[4];
        int64_t first = 0, end = is_quick ? columns : 0;
        if (is_quick && !is_edge_repeated) {
            /* Where all four pixels are in the picture is one stretch of the row. */
#define IS_IN(x) \
    (x0 + step_x * (double)(x) >= 0 && x0 + step_x * (double)(x) < most_x && y0 + step_y * (double)(x) >= 0 && \
     y0 + step_y * (double)(x) < most_y)
            while (first < end && !IS_IN(first)) first++;
            while (end > first && !IS_IN(end - 1)) end--;
        }
        for (int64_t x = 0; x < columns; x++) {
            if (x == first && first < end) x = end;
            if (x == columns) break;
            sample_slowly(picture, x0 + step_x * (double)x, y0 + step_y * (double)x, is_edge_repeated, row + 3 * x);
            for (int channel = 0; channel < 3; channel++) row[3 * x + channel] -= zero;
        }
        if (first == end) continue;
        Places places;
        place_row(picture, x0 + step_x * (double)first, y0 + step_y * (double)first, step_x, step_y,
                  (int)(end - first), &places);
        memcpy(kept, row + 3 * end, sizeof kept); /* the last pixel's fourth number is not to stay there */
        sample_quickly(picture, &places, (int)(end - first), zero, row + 3 * first);
        memcpy(row + 3 * end, kept, sizeof kept);
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

typedef float Sixteen __attribute__((vector_size(64), aligned(4), may_alias));

/* Sixteen numbers of a picture of a network's, out and in. */
#if defined(__AVX512FP16__)
#define WIDENED(from) ((Sixteen)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(from))))
#define PUT(to, value) \
    _mm256_storeu_si256((__m256i *)(to), _mm512_cvtps_ph((__m512)(value), _MM_FROUND_TO_NEAREST_INT))
#else
#define WIDENED(from) (*(const Sixteen *)(from))
#define PUT(to, value) (*(Sixteen *)(to) = (value))
#endif

/* TransformTensorBilinear: the map at the middles of the cut-out's cells; outside the map are zeros. */
static void sample_features(const Number *features, const Place *from, const double *matrix, Number *cut,
                            const Place *to) {
    for (int y = 0; y < EYE_CELLS; y++) {
        for (int x = 0; x < EYE_CELLS; x++) {
            double across = matrix[0] * (x + 0.5) + matrix[1] * (y + 0.5) + matrix[2] - 0.5;
            double down = matrix[3] * (x + 0.5) + matrix[4] * (y + 0.5) + matrix[5] - 0.5;
            across = within(across, -2, CELLS + 1), down = within(down, -2, CELLS + 1);
            int64_t left = (int64_t)floor(across), top = (int64_t)floor(down);
            float right_share = (float)(across - (double)left), lower_share = (float)(down - (double)top);
            Number *pixel = cut + to->at + y * to->row + x * to->pixel;
            Sixteen sums[FEATURES / 16] = {{0}};
            for (int line = 0; line < 2; line++) {
                for (int side = 0; side < 2; side++) {
                    int64_t column = left + side, row = top + line;
                    if (column < 0 || row < 0 || column >= CELLS || row >= CELLS) continue;
                    float share = (side ? right_share : 1 - right_share) * (line ? lower_share : 1 - lower_share);
                    const Number *cell = features + from->at + row * from->row + column * from->pixel;
                    for (int part = 0; part < FEATURES / 16; part++) sums[part] += share * WIDENED(cell + 16 * part);
                }
            }
            for (int part = 0; part < FEATURES / 16; part++) PUT(pixel + 16 * part, sums[part]);
        }
    }
}

/* By mesh index: what directions and openness are read from, as in `mesh_geometry.py` and `face_shape.py`. */
enum { FOREHEAD = 10, CHIN = 152, LEFT_CHEEK = 234, RIGHT_CHEEK = 454, UPPER_LIP = 13, LOWER_LIP = 14 };
enum { MOUTH_LEFT = 61, MOUTH_RIGHT = 291, OUTER_LEFT = 33, OUTER_RIGHT = 263, RATIOS = 14 };
static const int EYES[2][5] = {{33, 133, 468, 159, 145}, {362, 263, 473, 386, 374}}; /* corners, iris, upper, lower lid */
static const int PAIRS[RATIOS][2] = {{133, 362}, {234, 454}, {127, 356}, {54, 284}, {93, 323},  {116, 345}, {50, 280},
                                     {10, 168},  {10, 2},    {168, 2},   {168, 1},  {6, 1},     {234, 168}, {454, 168}};
#define DEGREES 57.29577951308232

static double flat_distance(const float *c, int one, int other) {
    return fmax(hypot((double)c[one] - c[other], (double)c[ALL_POINTS + one] - c[ALL_POINTS + other]), 1e-6);
}

static double distance(const float *c, int one, int other) {
    double sum = 0;
    for (int axis = 0; axis < 3; axis++, c += ALL_POINTS) sum += ((double)c[one] - c[other]) * ((double)c[one] - c[other]);
    return sqrt(sum);
}

/* Angle of the line through the outer eye corners; yaw, pitch and roll in degrees; gaze across and down, openness of
 * eyes and mouth, distance of the eyes; then the logarithms of a face's proportions. */
static void measure(const float *c, double *measures) {
    const float *xs = c, *ys = c + ALL_POINTS;
    measures[0] = atan2((double)ys[OUTER_RIGHT] - ys[OUTER_LEFT], (double)xs[OUTER_RIGHT] - xs[OUTER_LEFT]);
    double across[3], down[3], length = 0, aslant = 0;
    for (int axis = 0; axis < 3; axis++) {
        const float *own = c + axis * ALL_POINTS;
        across[axis] = (double)own[OUTER_RIGHT] - own[OUTER_LEFT] + own[RIGHT_CHEEK] - own[LEFT_CHEEK];
        down[axis] = (double)own[CHIN] - own[FOREHEAD];
        length += across[axis] * across[axis];
    }
    length = sqrt(length);
    for (int axis = 0; axis < 3; axis++) across[axis] /= length, aslant += across[axis] * down[axis];
    for (int axis = 0; axis < 3; axis++) down[axis] -= aslant * across[axis];
    double back_x = across[1] * down[2] - across[2] * down[1], back_y = across[2] * down[0] - across[0] * down[2];
    double back_z = across[0] * down[1] - across[1] * down[0];
    measures[1] = atan2(-back_x, hypot(back_y, back_z)) * DEGREES;
    measures[2] = atan2(back_y, back_z) * DEGREES;
    measures[3] = atan2(across[1], across[0]) * DEGREES;
    double gaze_x = 0, gaze_y = 0, openness = 0;
    for (int eye = 0; eye < 2; eye++) {
        int left = EYES[eye][0], right = EYES[eye][1], iris = EYES[eye][2];
        double along_x = (double)xs[right] - xs[left], along_y = (double)ys[right] - ys[left];
        double iris_x = xs[iris] - ((double)xs[left] + xs[right]) / 2, iris_y = ys[iris] - ((double)ys[left] + ys[right]) / 2;
        double squared = fmax(along_x * along_x + along_y * along_y, 1e-9);
        gaze_x += 2 * (iris_x * along_x + iris_y * along_y) / squared;
        gaze_y += 2 * (iris_y * along_x - iris_x * along_y) / squared;
        openness += flat_distance(c, EYES[eye][3], EYES[eye][4]) / flat_distance(c, left, right);
    }
    measures[4] = gaze_x / 2, measures[5] = gaze_y / 2, measures[6] = openness / 2;
    measures[7] = flat_distance(c, UPPER_LIP, LOWER_LIP) / flat_distance(c, MOUTH_LEFT, MOUTH_RIGHT);
    measures[8] = flat_distance(c, OUTER_LEFT, OUTER_RIGHT);
    double scale = fmax(distance(c, OUTER_LEFT, OUTER_RIGHT), 1e-6);
    measures[9] = scale;
    for (int pair = 0; pair < RATIOS; pair++)
        measures[10 + pair] = log(fmax(distance(c, PAIRS[pair][0], PAIRS[pair][1]), 1e-3) / scale);
}

/* As `regions.Region.matrix`: from a cut-out's pixels to the picture's. */
static void square_matrix(const double *square, double *matrix) {
    double scale = square[2] / MESH_PIXELS, half = MESH_PIXELS / 2.0;
    double cosine = cos(square[3]) * scale, sine = sin(square[3]) * scale;
    matrix[0] = cosine, matrix[1] = -sine, matrix[2] = square[0] - cosine * half + sine * half;
    matrix[3] = sine, matrix[4] = cosine, matrix[5] = square[1] - sine * half - cosine * half;
}

/* `places`: the mesh's input, points, features and flag, the eyes' two inputs, and of each eye contour and iris.
 * `eye_points`: of each eye its contour's landmarks, then its corners, the picture's left one first.
 * `square`: the region's centre and side in pixels of the picture, and its angle.
 * Returns whether it is a face; `coordinates` are rows of x, y and z, `said` the flag before its sigmoid, the box and
 * what `measure` reads.
 */
int FACES(fit_mesh)(const Network *mesh, const Network *eyes, const Place *places, const int32_t *eye_points,
                    const Picture *picture, const double *square, float *coordinates, double *said) {
    double matrix[6], depth_scale = square[2] / MESH_PIXELS;
    square_matrix(square, matrix);
    const Place *input = places, *points = places + 1, *features = places + 2, *flag = places + 3;
    FACES(cut_out)(picture, matrix, MESH_PIXELS, MESH_PIXELS, 1, 0, mesh->work + input->at, input->row);
    FACES(run_mesh)(mesh->layers, mesh->count, mesh->singles, mesh->halves, mesh->work, mesh->scratch);
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
        sample_features((const Number *)mesh->work, features, eye_matrices[eye], (Number *)eyes->work, places + 4 + eye);
    }
    FACES(run_mesh)(eyes->layers, eyes->count, eyes->singles, eyes->halves, eyes->work, eyes->scratch);
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
    measure(coordinates, said + 5);
    return 1;
}
