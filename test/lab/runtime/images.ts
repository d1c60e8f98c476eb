// Answers: which images do the lab's pods run? Two, made on the spot and never pulled: one layer each with one static binary, as an
// OCI image layout in a tar (opencontainers/image-spec, image-layout.md) that `ctr images import` reads.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from './waiting';

export const pauseImage = 'lab.podnet.invalid/pause:1';
export const probeImage = 'lab.podnet.invalid/probe:1';

/** @throws when there is no static binary afterwards, with what the compiler said */
export async function compile(source: string, binary: string): Promise<void> {
  const said = await execute('gcc', ['-std=gnu11', '-O2', '-Wall', '-static', '-o', binary, source]);
  if (!existsSync(binary)) throw new Error(`gcc could not compile ${source}:\n${said}`);
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes images.tar into `folder`, where the binaries `pause` and `probe` lie. */
export async function writeImages(folder: string): Promise<void> {
  const layout = join(folder, 'layout');
  const blobs = join(layout, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const image = async (binary: string, name: string): Promise<object> => {
    const tar = join(folder, `${binary}.tar`);
    await execute('tar', ['--create', '--file', tar, '--owner=0', '--group=0', '-C', folder, binary]);
    const layer = blob(blobs, 'application/vnd.oci.image.layer.v1.tar', readFileSync(tar));
    const config = blob(
      blobs,
      'application/vnd.oci.image.config.v1+json',
      JSON.stringify({
        architecture: architecture(),
        os: 'linux',
        config: { Entrypoint: [`/${binary}`] },
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
      }),
    );
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = { schemaVersion: 2, mediaType, config, layers: [layer] };
    const annotations = { 'io.containerd.image.name': name };
    return { ...blob(blobs, mediaType, JSON.stringify(manifest)), annotations };
  };
  const manifests = [await image('pause', pauseImage), await image('probe', probeImage)];
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  const tar = join(folder, 'images.tar');
  const said = await execute('tar', ['--create', '--file', tar, '-C', layout, '.']);
  if (!existsSync(tar) || statSync(tar).size === 0) throw new Error(`tar could not write images: ${said}`);
}

function blob(folder: string, mediaType: string, content: string | Buffer): Descriptor {
  const hash = createHash('sha256').update(content).digest('hex');
  writeFileSync(join(folder, hash), content);
  return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(content) };
}

/** As Go names it, and with it the OCI formats. */
function architecture(): string {
  const { arch } = process;
  return arch === 'x64' ? 'amd64' : arch === 'ia32' ? '386' : arch;
}
