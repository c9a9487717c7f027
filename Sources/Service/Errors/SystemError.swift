import Glibc

/// The text of an `errno`, e.g. `permission denied`, in small letters as it stands inside a sentence.
func describe(errno code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    let message = String(cString: text)
    return message.prefix(1).lowercased() + message.dropFirst()
}

/// The exit status for an input that could not be opened.
func exitStatus(opening code: Int32) -> ExitStatus {
    code == EACCES || code == EPERM ? .permission : .cannotOpenInput
}
