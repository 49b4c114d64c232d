/** One way on which an agent's lines leave the Pod. A road never fails the run: it gets lost, and takes nothing more. */
export interface Road {
  /** Takes a line; resolves when there is room for another. Never rejects. */
  write(line: string): Promise<void>;
  /** Resolves when everything is handed over, or the road is lost. Never rejects. */
  end(): Promise<void>;
}
