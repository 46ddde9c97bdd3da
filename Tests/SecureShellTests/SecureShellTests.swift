import SecureShell
import Testing
