/** Commands by image, as `--image NAME=COMMAND` gives them. An empty command leaves it to the container's own. */
export type ImageCommands = ReadonlyMap<string, readonly string[]>;

/** The command of an image: by its full name, else by its name without tag and digest. */
export function imageCommand(image: string, images: ImageCommands): readonly string[] | undefined {
  return images.get(image) ?? images.get(withoutTag(image));
}

const withoutTag = (image: string): string => image.replace(/@[^/]*$/, '').replace(/:[^/:]*$/, '');
