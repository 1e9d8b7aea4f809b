export const root: string;
export const cli: string;
export function prepare(): void;
