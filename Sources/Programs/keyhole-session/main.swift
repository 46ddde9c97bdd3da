import Session

SessionProgram.run()
