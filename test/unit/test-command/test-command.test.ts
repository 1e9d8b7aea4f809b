// The test command beyond what Terraform's recorded answers can show: mocks of the Docker provider, what is printed for
// people, interruptions, and values that a test hands to a provider.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Invocation, type Printed, commandLine } from '../../support/command-line.ts';

async function stowageTest(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  invocation: Omit<Invocation, 'directory'> = {},
): Promise<Printed> {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-test-command-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    return await commandLine(['test', ...args], { ...invocation, directory });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The host is one that nothing answers at: what is asked of it fails. */
const WEB = `
  variable "port" { default = 8080 }
  provider "docker" {
    host = "tcp://127.0.0.1:1"
  }
  resource "docker_image" "web" {
    name = "nginx:1.27"
  }
  resource "docker_container" "web" {
    name  = "web"
    image = docker_image.web.image_id
    ports {
      internal = 80
      external = var.port
    }
  }
  data "docker_network" "host" {
    name = "host"
  }
  output "driver" {
    value = data.docker_network.host.driver
  }
`;

describe('a provider that is mocked', () => {
  // Defaults that the real provider would plan are left out, as Terraform's mocks leave them out.
  test('gives the defaults of the test, and makes up the rest', async () => {
    const mock = `
      mock_provider "docker" {
        mock_resource "docker_image" {
          defaults = { image_id = "sha256:0001" }
        }
        mock_data "docker_network" {
          defaults = { driver = "host" }
        }
      }
      run "made" {
        assert {
          condition     = docker_container.web.image == "sha256:0001" && output.driver == "host"
          error_message = "not from the defaults"
        }
        assert {
          condition     = can(regex("^[a-z0-9]{8}$", docker_container.web.id))
          error_message = "the ID is \${docker_container.web.id}"
        }
        assert {
          condition     = docker_container.web.exit_code == 0 && length(docker_container.web.network_data) == 0
          error_message = "numbers are 0 and lists are empty"
        }
        assert {
          condition     = docker_container.web.ports[0].external == 8080 && docker_container.web.ports[0].protocol == null
          error_message = jsonencode(docker_container.web.ports)
        }
      }
      run "changed" {
        variables {
          port = 9090
        }
        assert {
          condition     = docker_container.web.ports[0].external == 9090
          error_message = jsonencode(docker_container.web.ports)
        }
      }
    `;
    const { code, out, error } = await stowageTest({ 'main.tf': WEB, 'a.tftest.hcl': mock });
    expect(error).toBe('');
    expect(out).toContain('Success! 2 passed, 0 failed.');
    expect(code).toBe(0);
  });

  test('needs no configuration, even where the provider requires one', async () => {
    const main = `
      resource "random_pet" "a" {}
      output "id" { value = random_pet.a.id }
    `;
    const file = `
      mock_provider "random" {
        mock_resource "random_pet" {
          defaults = { id = "rex" }
        }
      }
      run "pet" {
        assert {
          condition     = output.id == "rex"
          error_message = output.id
        }
      }
    `;
    const { code, error } = await stowageTest({ 'main.tf': main, 'a.tftest.hcl': file });
    expect({ code, error }).toEqual({ code: 0, error: '' });
  });

  test('checks resources as the real one does', async () => {
    const main = 'resource "docker_container" "a" {\n  name = "a"\n}\n';
    const file = 'mock_provider "docker" {}\nrun "a" {}\n';
    const { code, error } = await stowageTest({ 'main.tf': main, 'a.tftest.hcl': file });
    expect(error).toContain('Missing required argument');
    expect(code).toBe(1);
  });
});

test('nothing can be imported from a mock', async () => {
  const main =
    'resource "docker_network" "a" {\n  name = "a"\n}\nimport {\n  to = docker_network.a\n  id = "0123"\n}\n';
  const file = 'mock_provider "docker" {}\nrun "a" {\n  command = plan\n}\n';
  const { code, error } = await stowageTest({ 'main.tf': main, 'a.tftest.hcl': file });
  expect(error).toContain('Error: Invalid import request');
  expect(code).toBe(1);
});

describe('an override', () => {
  const OVERRIDES = `
    override_resource {
      target = docker_image.web
      values = { image_id = "sha256:0002" }
    }
    override_data {
      target = data.docker_network.host
      values = { driver = "d" }
    }
  `;

  test('keeps a real provider from being asked', async () => {
    const file = `
      ${OVERRIDES}
      override_resource {
        target = docker_container.web
      }
      run "overridden" {
        assert {
          condition     = docker_container.web.image == "sha256:0002" && output.driver == "d"
          error_message = docker_container.web.image
        }
      }
    `;
    const { code, error } = await stowageTest({ 'main.tf': WEB, 'a.tftest.hcl': file });
    expect({ code, error }).toEqual({ code: 0, error: '' });
  });

  test('leaves other objects to the real provider', async () => {
    const file = `${OVERRIDES}\nrun "real" {}\n`;
    const { code, error } = await stowageTest({ 'main.tf': WEB, 'a.tftest.hcl': file });
    expect(error).toContain('docker_container.web');
    expect(code).toBe(1);
  });

  test('of one instance of a repeated module is refused', async () => {
    const main = 'module "m" {\n  source = "./m"\n  count = 2\n}\n';
    const file = 'run "a" {\n  override_module {\n    target = module.m[0]\n  }\n}\n';
    const files = { 'main.tf': main, 'm/main.tf': 'output "o" { value = 1 }\n', 'a.tftest.hcl': file };
    const { code, error } = await stowageTest(files);
    expect(error).toContain('Error: Unsupported override target');
    expect(error).toContain('on a.tftest.hcl line 3, column 5');
    expect(code).toBe(1);
  });
});

test('provider blocks of a test may refer to its variables and to earlier runs', async () => {
  const main = `
    resource "docker_network" "a" {
      name = "a"
    }
  `;
  const file = `
    variables {
      scheme = "bogus"
    }
    provider "docker" {
      host = "\${var.scheme}://\${run.setup.place}"
    }
    run "setup" {
      module {
        source = "./setup"
      }
    }
    run "uses_it" {
      command = plan
    }
  `;
  const setup = 'output "place" { value = "nowhere" }\n';
  const { out, error } = await stowageTest({ 'main.tf': main, 'setup/main.tf': setup, 'a.tftest.hcl': file });
  expect(out).toContain('run "setup"... pass\n  run "uses_it"... fail');
  expect(error).toContain('bogus://nowhere');
});

describe('what is printed', () => {
  const main = 'variable "a" { default = "x" }\nresource "terraform_data" "a" {\n  input = var.a\n}\n';
  const file = `run "good" {}
run "bad" {
  command = plan
  assert {
    condition     = terraform_data.a.input == "y"
    error_message = "It is \${terraform_data.a.input}."
  }
}
`;

  test('is a line for each run, and why one failed', async () => {
    const { code, out, error } = await stowageTest({ 'main.tf': main, 'tests/a.tftest.hcl': file });
    expect(out).toBe(`tests/a.tftest.hcl... in progress
  run "good"... pass
  run "bad"... fail
tests/a.tftest.hcl... tearing down
tests/a.tftest.hcl... fail

Failure! 1 passed, 1 failed.
`);
    expect(error).toBe(`
Error: Test assertion failed

  on tests/a.tftest.hcl line 5, column 21, in run "bad":
   5:     condition     = terraform_data.a.input == "y"
                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ├────────────────
    │ terraform_data.a.input is "x"

It is x.
`);
    expect(code).toBe(1);
  });

  test('with -verbose is the state or the plan of each run, too', async () => {
    const { out } = await stowageTest({ 'main.tf': main, 'a.tftest.hcl': file }, ['-verbose', '-var', 'a=y']);
    expect(out).toContain('run "good"... pass\n\n# terraform_data.a:\nresource "terraform_data" "a" {');
    expect(out).toContain('run "bad"... pass\n');
    expect(out).toContain('No changes.');
  });

  test('names what could not be removed', async () => {
    const kept = 'resource "terraform_data" "a" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n';
    const { code, error } = await stowageTest({ 'main.tf': kept, 'a.tftest.hcl': 'run "a" {}\n' });
    expect(error).toContain('Error: Instance cannot be destroyed');
    expect(error).toContain('need to be removed by hand:\n  - terraform_data.a\n');
    expect(code).toBe(1);
  });

  test('never shows a secret', async () => {
    const secret =
      'variable "s" {\n  sensitive = true\n  default = "hunter-22"\n}\noutput "o" {\n  sensitive = true\n  value = var.s\n}\n';
    const asserts =
      'run "a" {\n  assert {\n    condition = output.o == "x"\n    error_message = "It was hunter-22 or ${nonsensitive(output.o)}"\n  }\n}\n';
    const { out, error } = await stowageTest({ 'main.tf': secret, 'a.tftest.hcl': asserts });
    expect(error).toContain('Test assertion failed');
    expect(
      error
        .split('\n')
        .filter((line) => !/^ +\d+: /.test(line))
        .join('\n'),
    ).not.toContain('hunter-22');
    expect(out).not.toContain('hunter-22');
  });
});

test('an interrupted test begins no run and fails', async () => {
  const files = { 'main.tf': 'resource "terraform_data" "a" {}\n', 'a.tftest.hcl': 'run "a" {}\nrun "b" {}\n' };
  const { code, out } = await stowageTest(files, [], { signal: AbortSignal.abort() });
  expect(out).toContain('run "a"... skip\n  run "b"... skip\n');
  expect(code).toBe(1);
});

test('what a run has made is removed, the latest first', async () => {
  const note = (name: string) => `resource "terraform_data" "${name}" {
  input = "\${path.cwd}/log"
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${name} >> \${self.input}"
  }
}
`;
  const file = 'run "one" {\n  module {\n    source = "./one"\n  }\n}\nrun "two" {}\n';
  const check = `run "log" {
  assert {
    condition     = file("\${path.module}/log") == "two\\none\\n"
    error_message = file("log")
  }
}
`;
  const { error, code } = await stowageTest({
    'main.tf': note('two'),
    'one/main.tf': note('one'),
    'a.tftest.hcl': file,
    'b.tftest.hcl': check,
  });
  expect(error).toBe('');
  expect(code).toBe(0);
});
