/** A status as the server stores it: counts that are zero are left out. */
export const withoutZeros = <T extends object>(status: T, ...counts: (keyof T)[]): T => {
  const stored = { ...status };
  for (const count of counts) if (stored[count] === 0) delete stored[count];
  return stored;
};
