/* The layers of a network, as `plan.py` writes them. All offsets count numbers from the beginning of their store. */
#ifndef PROCTOR_NETWORK_H
#define PROCTOR_NETWORK_H

#include <stdint.h>

/* Everything is compiled once for each level of x86-64's instruction sets, 3 (AVX2) and 4 (AVX-512). */
#define JOINED(name, level) name##_v##level
#define JOIN(name, level) JOINED(name, level)
#define FACES(name) JOIN(name, LEVEL)

/* Numbers that one layer needs at most for its widened weights, and for a few rows of what it makes: see `scratch`. */
#define MOST_WEIGHTS 65536
#define MOST_MADE 16384
#define SCRATCH (MOST_WEIGHTS + 3 * MOST_MADE)

enum { STEM, BLOCK, POINTWISE, WHOLE, DOUBLE };
enum { ADD_NOTHING, ADD_SAME, ADD_LARGEST };

typedef struct {
    int64_t kind;
    int64_t stride, pad; /* pad: pixels above and left of the first that the first output looks at */
    int64_t side;        /* of a stem's kernel */
    int64_t in, in_row, in_pixel, in_rows, in_columns, in_channels;
    int64_t out, out_row, out_pixel, out_rows, out_columns, out_channels;
    int64_t add_kind, add, add_row, add_pixel, add_channels;
    int64_t depth;                   /* numbers that a pointwise output is a sum of */
    int64_t depth_weights, depth_bias; /* of the depthwise part, in `singles` */
    int64_t halves;                  /* pointwise weights in `halves`, or -1 */
    int64_t singles;                 /* the same in `singles`, or -1 */
    int64_t bias, slope;             /* in `singles` */
} Layer;

/* `work` holds all pictures; `scratch` has SCRATCH numbers. */
void FACES(run_layers)(const Layer *layers, int64_t count, const float *singles, const uint16_t *halves, float *work,
                       float *scratch);
/* The same of the mesh and its eyes, whose pictures are halves where the processor multiplies them: see halves.c. What is
 * single there, colours and what WHOLE layers tell, lies in `work` as floats, and its places count these. */
#if defined(__AVX512FP16__)
typedef _Float16 Number;
#else
typedef float Number;
#endif
void FACES(run_mesh)(const Layer *layers, int64_t count, const float *singles, const uint16_t *halves, float *work,
                     float *scratch);

#endif
