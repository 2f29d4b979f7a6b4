/* What the engine does to a frame around its networks, each in one call: see `faces.c`. */
#ifndef PROCTOR_FACES_H
#define PROCTOR_FACES_H

#include "network.h"

typedef struct {
    const Layer *layers;
    int64_t count;
    const float *singles;
    const uint16_t *halves;
    float *work, *scratch;
} Network;

typedef struct {
    const uint8_t *pixels; /* rows without gaps */
    int64_t rows, columns, channels; /* 4 or 3, of which the first three are red, green and blue */
} Picture;

/* A picture of a network: where its first number is, and how far it is to the next row and pixel. */
typedef struct {
    int64_t at, row, pixel;
} Place;

/* Luma, in rows that are `row` bytes apart. */
typedef struct {
    int64_t columns, rows, row;
    uint8_t *first;
} Levels;

/* As OpenCV's INTER_LINEAR has it. Returns 0 where `to` is too large for this. */
int FACES(shrink_between)(const Levels *from, const Levels *to);

/* The pixels under a matrix (from a cut-out's to the picture's), less `zero`: as OpenCV's warpAffine has them. */
void FACES(cut_out)(const Picture *picture, const double *matrix, int64_t columns, int64_t rows, int is_edge_repeated,
                    float zero, float *to, int64_t to_row);

#endif
