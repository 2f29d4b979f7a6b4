// Card numbers never leave the browser: what looks like one and passes the check digit is masked before it is kept.
const CANDIDATE = /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d])/g;

/** `text` with every card number (13 to 19 digits, Luhn, ISO/IEC 7812-1 annex B) shown by its last four digits alone. */
export function maskCards(text: string): string {
  return text.replace(CANDIDATE, (found) => {
    const digits = found.replace(/\D/g, "");
    return passesLuhn(digits) ? `•••• ${digits.slice(-4)}` : found;
  });
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 && /[1-9]/.test(digits);
}
