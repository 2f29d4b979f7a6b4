/* The light at some of a face's landmarks, for `detectors/cover.py`: a few dozen pixels, once a second. */
#include "faces.h"

#include <math.h>
#include <stddef.h>

enum { ALL_POINTS = 478, MOST_SAMPLES = 128, DARKEST = 8, CHANNELS = 3, MOUTH_GROUPS = 3 };
#define MOST_COLUMN 1e9

static int64_t pixel_at(float place, int64_t count) { /* what is no number is the first */
    double whole = rint((double)place);
    return whole > 0 ? (whole < (double)(count - 1) ? (int64_t)whole : count - 1) : 0;
}

static double median(const double *values, int64_t count) {
    double ordered[MOST_SAMPLES];
    for (int64_t place = 0; place < count; place++) {
        int64_t at = place;
        for (; at > 0 && ordered[at - 1] > values[place]; at--) ordered[at] = ordered[at - 1];
        ordered[at] = values[place];
    }
    return count % 2 ? ordered[count / 2] : (ordered[count / 2 - 1] + ordered[count / 2]) / 2;
}

/* `landmarks`: of all groups, one group after the other; `ends`: where each group ends in them. `said`: for each of
 * luma, red over green and blue over green (logarithms) the median of each group, then its standard deviation over the
 * last three groups together. Returns 0 where there are no such landmarks or too many of them.
 */
int FACES(measure_groups)(const Picture *picture, const float *coordinates, const int32_t *landmarks, const int32_t *ends,
                          int64_t groups, double *said) {
    int64_t count = groups > MOUTH_GROUPS ? ends[groups - 1] : 0;
    if (count < 1 || count > MOST_SAMPLES || picture->rows < 1 || picture->columns < 1 || picture->channels < CHANNELS)
        return 0;
    double light[CHANNELS][MOST_SAMPLES];
    for (int64_t place = 0; place < count; place++) {
        int32_t landmark = landmarks[place];
        if (landmark < 0 || landmark >= ALL_POINTS) return 0;
        int64_t column = pixel_at(coordinates[landmark], picture->columns);
        int64_t row = pixel_at(coordinates[ALL_POINTS + landmark], picture->rows);
        const uint8_t *pixel = picture->pixels + (row * picture->columns + column) * picture->channels;
        double red = pixel[0] + DARKEST, green = pixel[1] + DARKEST, blue = pixel[2] + DARKEST;
        light[0][place] = log(red * 0.299 + green * 0.587 + blue * 0.114);
        light[1][place] = log(red) - log(green), light[2][place] = log(blue) - log(green);
    }
    for (int channel = 0; channel < CHANNELS; channel++, said += groups + 1) {
        const double *own = light[channel];
        for (int64_t group = 0; group < groups; group++) {
            int64_t begin = group ? ends[group - 1] : 0;
            if (begin < 0 || begin >= ends[group] || ends[group] > count) return 0;
            said[group] = median(own + begin, ends[group] - begin);
        }
        int64_t begin = ends[groups - MOUTH_GROUPS - 1];
        double mean = 0, squares = 0;
        for (int64_t place = begin; place < count; place++) mean += own[place];
        mean /= (double)(count - begin);
        for (int64_t place = begin; place < count; place++) squares += (own[place] - mean) * (own[place] - mean);
        said[groups] = sqrt(squares / (double)(count - begin));
    }
    return 1;
}
