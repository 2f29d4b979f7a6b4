/* A decoder of the JPEGs that webcams send: `jpeg.c` reads what stands before the pixels, `jpeg_bits.c` the entropy-coded
 * bits, `jpeg_pixels.c` makes pixels. ITU-T T.81 is the standard; "F.2.2" and the like are its sections.
 */
#ifndef PROCTOR_JPEG_H
#define PROCTOR_JPEG_H

#include "network.h"

#include <stddef.h>

enum { SIDE = 8, COEFFICIENTS = SIDE * SIDE, MOST_COMPONENTS = 3, TABLES = 4 };
enum { LANES = LEVEL >= 4 ? 4 : 2 }; /* blocks that are transformed at once: one in each 128 bits of a register */
enum { GROUP = LANES * COEFFICIENTS, ROW = LANES * SIDE }; /* numbers of as many blocks, and of a row of each */
enum { CHUNK = 2 * ROW };                                  /* pixels that get their colour at once */
enum { PASSED_OVER = 64 }; /* numbers behind a group, where coefficients beyond the last are put */
enum { LOOKED_UP = 10, MOST_CODE_BITS = 16 };

/* A Huffman table as a segment has it: how many codes of each length, and the symbols in the order of their codes. */
typedef struct {
    uint8_t lengths[MOST_CODE_BITS], symbols[256];
} Codes;

/* The same to be looked up. An entry says what a code and the bits behind it are, where those are LOOKED_UP at most: how
 * many (bits 0..7), how many zeros stand before the coefficient (8..15) and its value (16..31); 0 where they are more.
 */
typedef struct {
    uint32_t entries[1 << LOOKED_UP];
    Codes codes;
    uint32_t ends[MOST_CODE_BITS + 1];  /* the first code that is too large for this length, at 16 bits */
    int32_t symbols[MOST_CODE_BITS + 1]; /* what to add to a code of this length to have its place in `codes.symbols` */
    uint8_t is_made, is_dc;
} Table;

/* LANES neighbouring blocks of a component: row by row, in each row one block after the other. */
typedef struct {
    int16_t coefficients[GROUP + PASSED_OVER];
} __attribute__((aligned(64))) Group;

typedef struct {
    int across, down; /* blocks in an MCU */
    const Table *dc, *ac;
    const uint16_t *steps; /* quantization, in zigzag order */
    int16_t scales[ROW * SIDE] __attribute__((aligned(64))); /* the same as a group lies, times the transform's factors */
    int64_t groups;     /* in a row of blocks */
    uint8_t *samples;   /* `down` rows of these, of GROUP bytes: level - 128, as the transform leaves them */
    int last_dc;
} Component;

typedef struct {
    int64_t rows, columns;
    int64_t mcus_across, mcus_down, restart; /* MCUs between restart markers, or 0 */
    int count;
    Component components[MOST_COMPONENTS];
    const uint8_t *at, *end; /* the entropy-coded bits, and where the picture ends */
} Jpeg;

/* Where the bits are that have been read, without the zeros stuffed behind each FF. */
typedef struct {
    uint64_t held; /* from the highest bit on */
    int64_t count; /* of those that are held */
    const uint8_t *at, *end;
    uint8_t *begin;
    int64_t left; /* MCUs before the next restart marker */
    int next;     /* which one that is, 0..7 */
} Bits;

/* The table of these codes, or 0: two codes are the same, or a symbol is none of a baseline picture's (F.1.2). */
int FACES(make_table)(const Codes *codes, int is_dc, Table *table);

/* The first interval's bits, copied to `copied`, which has room for all of them and PADDING bytes more. */
enum { PADDING = 4096 };
void FACES(begin_bits)(Jpeg *jpeg, uint8_t *copied, Bits *bits);

/* A row of MCUs, transformed, in `samples`. 0 where anything is not as the standard has it. */
int FACES(decode_mcus)(Jpeg *jpeg, Bits *bits);

/* Whether the bits end where the last MCU does, and the picture as well. */
int FACES(has_ended)(const Jpeg *jpeg, const Bits *bits);

void FACES(scale_steps)(Component *component);
/* The samples of a group, whose coefficients are 0 thereafter; `is_flat` says that all but each block's first were. */
void FACES(transform)(Group *group, const int16_t *scales, int is_flat, uint8_t *to);
/* The samples of a row of MCUs, as red, green, blue and 255. */
void FACES(colour)(const Jpeg *jpeg, int64_t first_row, uint8_t *to);

#endif
