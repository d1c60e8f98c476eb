// Answers: how does the lab talk to containerd? gRPC over the unix socket of the Container Runtime Interface, as a kubelet does.
// The messages are those of cri.proto, with fields in camel case, enums by name and 64-bit numbers as numbers.
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition, type PackageDefinition } from '@grpc/proto-loader';

export type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE' | 'TARGET';

export interface IdMapping {
  readonly hostId: number;
  readonly containerId: number;
  readonly length: number;
}

export interface NamespaceOption {
  readonly network: NamespaceMode;
  readonly pid: NamespaceMode;
  readonly ipc: NamespaceMode;
  readonly targetId?: string;
  readonly usernsOptions?: {
    readonly mode: NamespaceMode;
    readonly uids: readonly IdMapping[];
    readonly gids: readonly IdMapping[];
  };
}

export interface PodSandboxConfig {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly namespace: string;
    readonly attempt: number;
  };
  readonly hostname?: string;
  readonly logDirectory: string;
  readonly dnsConfig: { readonly servers: readonly string[] };
  readonly linux: {
    readonly cgroupParent: string;
    readonly securityContext: { readonly namespaceOptions: NamespaceOption };
  };
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string; readonly attempt: number };
  readonly image: { readonly image: string };
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly logPath: string;
  readonly linux: { readonly securityContext: { readonly namespaceOptions: NamespaceOption } };
}

interface Sandbox {
  readonly podSandboxId: string;
}

interface Container {
  readonly containerId: string;
}

/** What containerd tells with `verbose`: JSON text below the key `info`. */
type Info = Readonly<Record<string, string>>;
type Nothing = Readonly<Record<string, never>>;

/** Request and response of the methods that the lab calls. */
interface Methods {
  readonly Version: [Nothing, { readonly runtimeName: string; readonly runtimeVersion: string }];
  readonly Status: [
    Nothing,
    {
      readonly status: {
        readonly conditions: readonly {
          readonly type: string;
          readonly status: boolean;
          readonly message: string;
        }[];
      };
      readonly runtimeHandlers: readonly {
        readonly name: string;
        readonly features: { readonly userNamespaces: boolean } | null;
      }[];
    },
  ];
  readonly RunPodSandbox: [{ readonly config: PodSandboxConfig }, Sandbox];
  readonly StopPodSandbox: [Sandbox, Nothing];
  readonly RemovePodSandbox: [Sandbox, Nothing];
  readonly PodSandboxStatus: [
    Sandbox & { readonly verbose: boolean },
    {
      readonly status: {
        readonly state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
        readonly network: { readonly ip: string } | null;
      };
      readonly info: Info;
    },
  ];
  readonly CreateContainer: [
    Sandbox & { readonly config: ContainerConfig; readonly sandboxConfig: PodSandboxConfig },
    Container,
  ];
  readonly StartContainer: [Container, Nothing];
  readonly StopContainer: [Container & { readonly timeout: number }, Nothing];
  readonly ContainerStatus: [
    Container & { readonly verbose: boolean },
    {
      readonly status: {
        readonly state: 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';
        readonly exitCode: number;
      };
      readonly info: Info;
    },
  ];
  readonly ExecSync: [
    Container & { readonly cmd: readonly string[]; readonly timeout: number },
    { readonly stdout: Buffer; readonly stderr: Buffer; readonly exitCode: number },
  ];
  readonly ImageStatus: [
    { readonly image: { readonly image: string } },
    { readonly image: { readonly id: string } | null },
  ];
}

export interface Cri {
  /** @throws what the runtime answered, with the method in front. */
  call<Name extends keyof Methods>(name: Name, request: Methods[Name][0]): Promise<Methods[Name][1]>;
  close(): void;
}

const callSeconds = 30;

/**
 * @param socket path of the socket; it need not be there yet
 * @param proto path of cri.proto
 */
export function connectCri(socket: string, proto: string): Cri {
  const definitions = loadSync(proto, { longs: Number, enums: String, defaults: true });
  const client = new Client(`unix:${socket}`, credentials.createInsecure());
  return {
    call(name, request) {
      const { path, requestSerialize, responseDeserialize } = methodOf(definitions, name);
      return new Promise((resolve, reject) => {
        const done = (error: ServiceError | null, response?: object): void => {
          if (error !== null) reject(new Error(`${name}: ${error.details}`, { cause: error }));
          // The serializer was made from cri.proto, which these types spell out.
          else resolve(response as Methods[typeof name][1]);
        };
        const deadline = Date.now() + callSeconds * 1000;
        client.makeUnaryRequest<object, object>(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          { deadline },
          done,
        );
      });
    },
    close: () => {
      client.close();
    },
  };
}

function methodOf(definitions: PackageDefinition, name: string): MethodDefinition<object, object> {
  for (const service of ['runtime.v1.RuntimeService', 'runtime.v1.ImageService']) {
    const definition = definitions[service];
    if (definition === undefined || 'format' in definition) continue;
    const method = definition[name];
    if (method !== undefined) return method;
  }
  throw new Error(`cri.proto has no method ${name}`);
}
