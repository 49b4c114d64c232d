/** Undoes what was done, the last first; one that fails keeps none from being undone. */
export async function undoAll(stops: (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const undo of stops.splice(0).reverse())
    try {
      await undo();
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
}
