/// The program's version, as `lc --version` prints it.
public enum Version {
    public static let number = "0.1.0"
    public static let text = "lc (lippycat) \(number)"
}
