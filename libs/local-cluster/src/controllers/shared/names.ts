/** Kubernetes' alphabet for suffixes: no vowels, nothing that reads like another. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Made of other characters where they could read as words: a hash as Kubernetes puts it into names. */
export const safeEncoded = (text: string): string =>
  [...text].map((char) => ALPHABET[char.charCodeAt(0) % ALPHABET.length]).join('');
