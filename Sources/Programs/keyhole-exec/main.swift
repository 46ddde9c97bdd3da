import Sandbox

SandboxProgram.run()
