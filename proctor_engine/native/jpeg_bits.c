/* Entropy-coded bits to coefficients: the Huffman decoder of ITU-T T.81, F.2.2. */
#include "jpeg.h"

#include <string.h>

enum { EOB = 0x00, ZRL = 0xF0, MOST_DC_SIZE = 11, MOST_AC_SIZE = 10 };
enum { BEYOND = 2 * COEFFICIENTS }; /* where a block's end takes its place, so that no other branch is needed */
enum { RST0 = 0xD0, EOI = 0xD9, MOST_BEHIND = 64 };

/* Where a coefficient of the zigzag order (A.3.6) lies in a group; those beyond the last are passed over. */
#define AT(row, column) (row) * ROW + (column)
#define NONE8 GROUP, GROUP, GROUP, GROUP, GROUP, GROUP, GROUP, GROUP
#define NONE64 NONE8, NONE8, NONE8, NONE8, NONE8, NONE8, NONE8, NONE8
static const uint16_t PLACES[BEYOND + COEFFICIENTS] = {
    AT(0, 0), AT(0, 1), AT(1, 0), AT(2, 0), AT(1, 1), AT(0, 2), AT(0, 3), AT(1, 2), AT(2, 1), AT(3, 0), AT(4, 0),
    AT(3, 1), AT(2, 2), AT(1, 3), AT(0, 4), AT(0, 5), AT(1, 4), AT(2, 3), AT(3, 2), AT(4, 1), AT(5, 0), AT(6, 0),
    AT(5, 1), AT(4, 2), AT(3, 3), AT(2, 4), AT(1, 5), AT(0, 6), AT(0, 7), AT(1, 6), AT(2, 5), AT(3, 4), AT(4, 3),
    AT(5, 2), AT(6, 1), AT(7, 0), AT(7, 1), AT(6, 2), AT(5, 3), AT(4, 4), AT(3, 5), AT(2, 6), AT(1, 7), AT(2, 7),
    AT(3, 6), AT(4, 5), AT(5, 4), AT(6, 3), AT(7, 2), AT(7, 3), AT(6, 4), AT(5, 5), AT(4, 6), AT(3, 7), AT(4, 7),
    AT(5, 6), AT(6, 5), AT(7, 4), AT(7, 5), AT(6, 6), AT(5, 7), AT(6, 7), AT(7, 6), AT(7, 7), NONE64, NONE64,
};

/* F.2.2.1: what these bits say, the highest of `held`. */
static inline int extended(uint64_t held, int size) {
    if (!size) return 0;
    int value = (int)(held >> (64 - size));
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

/* The entry of a symbol whose code has so many bits; 0 where a baseline picture has no such symbol. */
static uint32_t entry_of(const Table *table, int symbol, int code_bits, uint64_t held_behind) {
    int zeros = symbol >> 4, size = symbol & 15;
    if (table->is_dc ? symbol > MOST_DC_SIZE : size > MOST_AC_SIZE || (!size && symbol != EOB && symbol != ZRL)) return 0;
    if (!table->is_dc && symbol == EOB) zeros = BEYOND;
    return (uint32_t)(code_bits + size) | (uint32_t)zeros << 8 | (uint32_t)(uint16_t)extended(held_behind, size) << 16;
}

/* As entries are, of the next code, however long: F.2.2.3. 0 where there is no such code. */
static __attribute__((noinline)) uint32_t decode_long(const Table *table, uint64_t held) {
    uint32_t next = (uint32_t)(held >> (64 - MOST_CODE_BITS));
    for (int bits = 1; bits <= MOST_CODE_BITS; bits++)
        if (next < table->ends[bits]) {
            int place = (int)(next >> (MOST_CODE_BITS - bits)) + table->symbols[bits];
            return entry_of(table, table->codes.symbols[place], bits, held << bits);
        }
    return 0;
}

/* All that begins with this code and can be looked up: the same entry for whatever stands behind a value. */
static void enter(Table *table, int symbol, int bits, uint32_t code) {
    int size = symbol & 15, behind = LOOKED_UP - bits - size;
    if (behind < 0) return;
    uint32_t *entries = table->entries + (code >> (MOST_CODE_BITS - LOOKED_UP));
    for (uint64_t value = 0; value < 1u << size; value++) {
        uint32_t entry = entry_of(table, symbol, bits, size ? value << (64 - size) : 0);
        for (uint32_t i = 0; i < 1u << behind; i++) *entries++ = entry;
    }
}

int FACES(make_table)(const Codes *codes, int is_dc, Table *table) {
    if (table->is_made && !memcmp(codes, &table->codes, sizeof *codes)) return 1;
    memset(table, 0, sizeof *table);
    table->codes = *codes, table->is_dc = (uint8_t)is_dc;
    uint32_t code = 0; /* C.2, at 16 bits */
    int place = 0;
    for (int bits = 1; bits <= MOST_CODE_BITS; bits++) {
        uint32_t step = 1u << (MOST_CODE_BITS - bits);
        table->symbols[bits] = place - (int32_t)(code / step);
        for (int of_these = codes->lengths[bits - 1]; of_these; of_these--, place++, code += step) {
            /* no code is all ones */
            if (code + step >= 1u << MOST_CODE_BITS || (is_dc && codes->symbols[place] > MOST_DC_SIZE)) return 0;
            enter(table, codes->symbols[place], bits, code);
        }
        table->ends[bits] = code;
    }
    return table->is_made = 1;
}

/* The next interval's bits, without what is stuffed behind FF (B.1.1.5), and zeros behind them. */
static void begin_interval(Jpeg *jpeg, Bits *bits) {
    const uint8_t *from = jpeg->at;
    uint8_t *to = bits->begin;
    for (;;) {
        const uint8_t *ff = memchr(from, 0xFF, (size_t)(jpeg->end - from));
        size_t plain = (size_t)((ff ? ff : jpeg->end) - from);
        memcpy(to, from, plain);
        from += plain, to += plain;
        if (jpeg->end - from < 2 || from[1]) break;
        *to++ = 0xFF;
        from += 2;
    }
    memset(to, 0, PADDING);
    jpeg->at = from;
    bits->at = bits->begin, bits->end = to;
    bits->held = 0, bits->count = 0;
    bits->left = jpeg->restart ? jpeg->restart : jpeg->mcus_across * jpeg->mcus_down;
    for (int c = 0; c < jpeg->count; c++) jpeg->components[c].last_dc = 0;
}

void FACES(begin_bits)(Jpeg *jpeg, uint8_t *copied, Bits *bits) {
    bits->begin = copied, bits->next = 0;
    begin_interval(jpeg, bits);
}

/* Whether all of an interval's bytes were needed, and none was missing. */
static int is_used_up(const Bits *bits) {
    int64_t unused = (bits->end - bits->at) * 8 + bits->count;
    return unused >= 0 && unused < 8;
}

int FACES(has_ended)(const Jpeg *jpeg, const Bits *bits) {
    int64_t behind = jpeg->end - jpeg->at;
    return is_used_up(bits) && behind >= 2 && behind <= MOST_BEHIND && jpeg->at[0] == 0xFF && jpeg->at[1] == EOI;
}

static int restart(Jpeg *jpeg, Bits *bits) {
    if (!is_used_up(bits) || jpeg->end - jpeg->at < 2 || jpeg->at[0] != 0xFF || jpeg->at[1] != RST0 + bits->next) return 0;
    jpeg->at += 2;
    bits->next = (bits->next + 1) % 8;
    begin_interval(jpeg, bits);
    return 1;
}

/* At least 56 bits are held thereafter: a DC and an AC coefficient, or two of the latter. */
static inline void refill(Bits *bits) {
    uint64_t next;
    memcpy(&next, bits->at, sizeof next);
    bits->held |= __builtin_bswap64(next) >> bits->count;
    bits->at += (63 - bits->count) >> 3;
    bits->count |= 56;
}

static inline uint32_t take(Bits *bits, const Table *table) {
    uint32_t entry = table->entries[bits->held >> (64 - LOOKED_UP)];
    if (__builtin_expect(!entry, 0)) entry = decode_long(table, bits->held);
    bits->held <<= entry & 63;
    bits->count -= entry & 63;
    return entry;
}

/* A block, whose numbers were 0. Returns how far it got: 1 where there is nothing but DC, 0 where it is damaged. */
static inline __attribute__((always_inline)) int decode_block(Bits *bits, const Component *component, int *last_dc,
                                                              int16_t *block) {
    refill(bits);
    uint32_t entry = take(bits, component->dc);
    if (!entry) return 0;
    *last_dc = (int)((uint32_t)*last_dc + (uint32_t)((int32_t)entry >> 16));
    block[0] = (int16_t)*last_dc;
    uint32_t place = 1;
    for (;;) {
        entry = take(bits, component->ac);
        if (__builtin_expect(!entry, 0)) return 0;
        place += entry >> 8 & 255;
        block[PLACES[place++]] = (int16_t)(entry >> 16);
        if (place >= COEFFICIENTS) break;
        refill(bits);
        entry = take(bits, component->ac);
        if (__builtin_expect(!entry, 0)) return 0;
        place += entry >> 8 & 255;
        block[PLACES[place++]] = (int16_t)(entry >> 16);
        if (place >= COEFFICIENTS) break;
    }
    if (place > BEYOND) return (int)place - BEYOND - 1;
    return place == COEFFICIENTS ? COEFFICIENTS : 0;
}

typedef struct {
    Group group;
    int64_t filled, reached;
    uint8_t *to;
} Pending;

static inline void finish(Pending *pending, const Component *component) {
    FACES(transform)(&pending->group, component->scales, pending->reached <= 1, pending->to);
    pending->to += GROUP;
    pending->filled = 0, pending->reached = 0;
}

int FACES(decode_mcus)(Jpeg *jpeg, Bits *given) {
    static const Pending NOTHING;
    Pending pending[MOST_COMPONENTS][2];
    Bits bits = *given;
    for (int c = 0; c < jpeg->count; c++)
        for (int y = 0; y < jpeg->components[c].down; y++) {
            pending[c][y] = NOTHING;
            pending[c][y].to = jpeg->components[c].samples + y * jpeg->components[c].groups * GROUP;
        }
    for (int64_t mcu = 0; mcu < jpeg->mcus_across; mcu++) {
        if (!bits.left) {
            *given = bits; /* nobody else has the address of `bits`, so that these stay in registers */
            if (!restart(jpeg, given)) return 0;
            bits = *given;
        }
        bits.left--;
        for (int c = 0; c < jpeg->count; c++) {
            Component *component = &jpeg->components[c];
            for (int y = 0; y < component->down; y++) {
                Pending *row = &pending[c][y];
                for (int x = 0; x < component->across; x++) {
                    int16_t *block = row->group.coefficients + row->filled++ * SIDE;
                    int reached = decode_block(&bits, component, &component->last_dc, block);
                    if (!reached) return 0;
                    row->reached |= reached;
                }
                if (row->filled == LANES) finish(row, component);
            }
        }
        if (bits.at > bits.end + sizeof bits.held) return 0; /* all of what an MCU can take is in the padding */
    }
    for (int c = 0; c < jpeg->count; c++)
        for (int y = 0; y < jpeg->components[c].down; y++)
            if (pending[c][y].filled) finish(&pending[c][y], &jpeg->components[c]);
    *given = bits;
    return 1;
}
