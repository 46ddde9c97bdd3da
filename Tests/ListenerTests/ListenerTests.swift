import Listener
import Testing
