export const textEncodingFunctions = [];
