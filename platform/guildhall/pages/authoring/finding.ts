// Which of many banks a list offers. Pure.

/** More than these are found by their name: nobody reads a longer list through. */
export const READ_THROUGH = 20;

/** Those whose name has all of these words, wherever; empty: all. */
export function findBanks<B extends { readonly name: string }>(banks: readonly B[], words: string): readonly B[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter((word) => word !== "");
  return banks.filter((bank) => wanted.every((word) => bank.name.toLocaleLowerCase().includes(word)));
}

/** What is found, and the one that is chosen: a choice never goes away because somebody looks for another. */
export function offerBanks<B extends { readonly bank_id: string }>(banks: readonly B[], found: readonly B[], chosenId: string): readonly B[] {
  return banks.filter((bank) => found.includes(bank) || bank.bank_id === chosenId);
}
