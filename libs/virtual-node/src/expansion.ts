/**
 * Replaces `$(NAME)` by the variable's value. `$$` is one `$`, so `$$(NAME)` stays as text; an unknown name, a lone `$`
 * and an unclosed `$(` stay as they are. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name?: string) =>
    name === undefined ? '$' : (variables.get(name) ?? whole),
  );
}
