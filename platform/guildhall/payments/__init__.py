"""Money: a ledger that can be proved, and what is held, paid in and paid out by it.

The ledger in fifteen lines. A *journal entry* is one immutable document: two to twelve lines whose sum is zero, a key
of its own, a hash. Every entry has a *source*: the one account with a floor that it takes from, or its first debit.
1. Decide: a compare-and-set on the source's document checks the floor, gives the entry the source's next number and
   writes it into that document as an *intent*. This one write is the decision; there is no other place to lose it.
   Waiting entries of one source share a write (`service.lanes`), so an account that all use is no slower than many.
2. Journal: intents are inserted into the journal, unique by source and key and by source and number.
3. Seal: entries of all sources are listed, by hash, in the next *block* of one hash chain (`service.chain`), many at
   once: the chain's head is asked once a block. A process appends only after it has looked through every block before,
   so no entry stands in two, and entries of one source stand in the order of their numbers, without a gap.
4. Fold: block by block each account takes over what is sealed, once, since it remembers the number of the last block;
   a page of its statement is written first. A balance is what was folded and the intents not yet sealed: one document.
Anyone may do steps 2 to 4 again, at any time; the job does them for whoever died. Floors are held by step 1 alone,
since only a source is taken from. Pending entries reserve; what resolves one has the key of the pending, so there is
one resolution. Corrections are reversals. `rules.proving` recomputes everything from the journal and the chain.
"""
