/* Decodes the JPEGs that webcams and canvases send, and leaves all others to libjpeg-turbo: see `jpeg.py`.
 *
 * Taken are baseline pictures of one scan, grey or YCbCr in 4:2:0, 4:2:2 and 4:4:4, in which everything is as the
 * standard, ITU-T T.81, has it. The bytes are anybody's: each segment's length is held against what is there.
 */
#include "jpeg.h"

#include <stdlib.h>
#include <string.h>

enum { NOT_OURS, DECODED, OTHER_SIZE };
enum { MOST_SIDE_PX = 65500, MOST_SEGMENTS = 256 }; /* as libjpeg and `jpeg.py` have them */
enum { SOI = 0xD8, SOS = 0xDA, DQT = 0xDB, DRI = 0xDD, DHT = 0xC4, SOF0 = 0xC0, COM = 0xFE };
enum { APP0 = 0xE0, APP2 = 0xE2, APP14 = 0xEE, APP15 = 0xEF };

typedef struct {
    uint8_t id, sampling, quantization, tables;
} Named;

typedef struct {
    Jpeg *jpeg;
    Named named[MOST_COMPONENTS];
    uint16_t steps[TABLES][COEFFICIENTS];
    uint8_t has_steps[TABLES];
    Codes codes[2][2]; /* of DC and AC, two each */
    uint8_t has_codes[2][2];
} Header;

/* Tables are the same from picture to picture of a camera, and take as long to make as a tenth of a picture. */
static _Thread_local Table kept[2][2];

static int number_at(const uint8_t *at) {
    return at[0] << 8 | at[1];
}

/* B.2.4.1. Tables of 8 bits, as baseline pictures have them. */
static int read_steps(Header *header, const uint8_t *at, const uint8_t *end) {
    for (; at < end; at += 1 + COEFFICIENTS) {
        if (at[0] >= TABLES || end - at < 1 + COEFFICIENTS) return 0;
        for (int place = 0; place < COEFFICIENTS; place++)
            if (!(header->steps[at[0]][place] = at[1 + place])) return 0;
        header->has_steps[at[0]] = 1;
    }
    return 1;
}

/* B.2.4.2 */
static int read_codes(Header *header, const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        if (end - at < 1 + MOST_CODE_BITS || at[0] & 0xEE) return 0;
        int is_ac = at[0] >> 4, place = at[0] & 1, symbols = 0;
        for (int bits = 0; bits < MOST_CODE_BITS; bits++) symbols += at[1 + bits];
        if (symbols > 256 || end - at < 1 + MOST_CODE_BITS + symbols) return 0;
        Codes *codes = &header->codes[is_ac][place];
        memset(codes, 0, sizeof *codes);
        memcpy(codes->lengths, at + 1, MOST_CODE_BITS);
        memcpy(codes->symbols, at + 1 + MOST_CODE_BITS, (size_t)symbols);
        header->has_codes[is_ac][place] = 1;
        at += 1 + MOST_CODE_BITS + symbols;
    }
    return 1;
}

/* B.2.2 */
static int read_frame(Header *header, const uint8_t *at, const uint8_t *end) {
    Jpeg *jpeg = header->jpeg;
    if (jpeg->count || end - at < 6 || at[0] != 8) return 0;
    jpeg->rows = number_at(at + 1), jpeg->columns = number_at(at + 3);
    int count = at[5];
    if (!jpeg->rows || !jpeg->columns || jpeg->rows > MOST_SIDE_PX || jpeg->columns > MOST_SIDE_PX) return 0;
    if ((count != 1 && count != MOST_COMPONENTS) || end - at != 6 + 3 * count) return 0;
    for (int c = 0; c < count; c++) {
        const uint8_t *said = at + 6 + 3 * c;
        header->named[c] = (Named){said[0], said[1], said[2], 0};
        /* Other names say that these are other colours. */
        if (count > 1 && said[0] != c + 1) return 0;
        if (said[2] >= TABLES || (said[1] != 0x11 && (c || count == 1 || (said[1] != 0x21 && said[1] != 0x22)))) return 0;
    }
    jpeg->count = count;
    return 1;
}

/* B.2.3: all components in this scan, and all of their coefficients. */
static int read_scan(Header *header, const uint8_t *at, const uint8_t *end) {
    int count = header->jpeg->count;
    if (!count || end - at != 4 + 2 * count || at[0] != count) return 0;
    for (int c = 0; c < count; c++) {
        if (at[1 + 2 * c] != header->named[c].id || at[2 + 2 * c] & 0xEE) return 0;
        header->named[c].tables = at[2 + 2 * c];
    }
    return end[-3] == 0 && end[-2] == COEFFICIENTS - 1 && end[-1] == 0;
}

/* What an application may say. One of Adobe's can say that these are other colours, a version of JFIF and a colour profile
 * can be such as libjpeg warns of.
 */
static int is_harmless(int marker, const uint8_t *at, const uint8_t *end) {
    if (marker == APP14) return 0;
    if (marker == APP0 && end - at >= 5 && !memcmp(at, "JFIF", 5)) return end - at >= 14 && at[5] == 1;
    if (marker == APP2 && end - at >= 12 && !memcmp(at, "ICC_PROFILE", 12))
        return end - at > 14 && at[12] == 1 && at[13] == 1;
    return 1;
}

/* All that stands before the pixels; then `jpeg->at` is where these begin. */
static int read_header(Header *header, const uint8_t *at, const uint8_t *end) {
    int profiles = 0;
    if (end - at < 2 || at[0] != 0xFF || at[1] != SOI) return 0;
    at += 2;
    for (int segment = 0; segment < MOST_SEGMENTS; segment++) {
        if (end - at < 4 || at[0] != 0xFF) return 0;
        int marker = at[1], length = number_at(at + 2), is_read;
        if (length < 2 || end - at < 2 + length) return 0;
        const uint8_t *body = at + 4, *ends = at + 2 + length;
        at = ends;
        if (marker == DQT)
            is_read = read_steps(header, body, ends);
        else if (marker == DHT)
            is_read = read_codes(header, body, ends);
        else if (marker == SOF0)
            is_read = read_frame(header, body, ends);
        else if (marker == DRI)
            is_read = length == 4, header->jpeg->restart = is_read ? number_at(body) : 0;
        else if (marker == SOS)
            return header->jpeg->at = ends, header->jpeg->end = end, read_scan(header, body, ends);
        else
            is_read = marker == COM || (marker >= APP0 && marker <= APP15 && is_harmless(marker, body, ends) &&
                                        (profiles += marker == APP2) < 2);
        if (!is_read) return 0;
    }
    return 0;
}

/* The tables that the scan names. */
static int choose_tables(Header *header) {
    for (int c = 0; c < header->jpeg->count; c++) {
        const Named *named = &header->named[c];
        Component *component = &header->jpeg->components[c];
        const Table *chosen[2];
        for (int is_ac = 0; is_ac < 2; is_ac++) {
            int place = is_ac ? named->tables & 1 : named->tables >> 4;
            Table *table = &kept[is_ac][place];
            if (!header->has_codes[is_ac][place] || !FACES(make_table)(&header->codes[is_ac][place], !is_ac, table))
                return 0;
            chosen[is_ac] = table;
        }
        if (!header->has_steps[named->quantization]) return 0;
        component->dc = chosen[0], component->ac = chosen[1];
        component->steps = header->steps[named->quantization];
        component->across = named->sampling >> 4, component->down = named->sampling & 15;
        component->last_dc = 0;
        FACES(scale_steps)(component);
    }
    return 1;
}

/* How the picture is made up of MCUs (A.2); the bytes that a row of them takes. */
static int64_t lay_out(Jpeg *jpeg) {
    int64_t bytes = 0, across = jpeg->components[0].across, down = jpeg->components[0].down;
    jpeg->mcus_across = (jpeg->columns + SIDE * across - 1) / (SIDE * across);
    jpeg->mcus_down = (jpeg->rows + SIDE * down - 1) / (SIDE * down);
    int64_t chunks = (jpeg->columns + CHUNK - 1) / CHUNK;
    for (int c = 0; c < jpeg->count; c++) {
        Component *component = &jpeg->components[c];
        component->groups = chunks * (component->across == across ? 2 : 1);
        bytes += component->groups * component->down * GROUP;
    }
    return bytes;
}

static int decode(Jpeg *jpeg, uint8_t *samples, uint8_t *copied, uint8_t *to) {
    Bits bits;
    for (int c = 0; c < jpeg->count; c++) {
        jpeg->components[c].samples = samples;
        samples += jpeg->components[c].groups * jpeg->components[c].down * GROUP;
    }
    FACES(begin_bits)(jpeg, copied, &bits);
    for (int64_t row = 0; row < jpeg->mcus_down; row++) {
        if (!FACES(decode_mcus)(jpeg, &bits)) return 0;
        FACES(colour)(jpeg, row * SIDE * jpeg->components[0].down, to);
    }
    return FACES(has_ended)(jpeg, &bits);
}

/* Called by `jpeg.py`. `to` has `rows` x `columns` pixels of four bytes; where the picture has another size, that is told in
 * `found` (rows, columns), and nothing is decoded. What is not ours may have been decoded in part.
 */
int64_t FACES(decode_jpeg)(const uint8_t *bytes, int64_t size, uint8_t *to, int64_t rows, int64_t columns, int64_t *found) {
    Jpeg jpeg = {0};
    Header header = {.jpeg = &jpeg};
    if (!read_header(&header, bytes, bytes + size)) return NOT_OURS;
    if (jpeg.rows != rows || jpeg.columns != columns) return found[0] = jpeg.rows, found[1] = jpeg.columns, OTHER_SIZE;
    if (!choose_tables(&header)) return NOT_OURS;
    size_t samples_bytes = (size_t)lay_out(&jpeg), copied_bytes = (size_t)(jpeg.end - jpeg.at) + PADDING;
    uint8_t *work = aligned_alloc(64, (samples_bytes + copied_bytes + 63) / 64 * 64);
    if (!work) return NOT_OURS;
    int is_decoded = decode(&jpeg, work, work + samples_bytes, to);
    free(work);
    return is_decoded ? DECODED : NOT_OURS;
}
