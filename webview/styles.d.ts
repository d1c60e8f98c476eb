// A style sheet imported by a script is bundled beside it by esbuild.
declare module '*.css';
