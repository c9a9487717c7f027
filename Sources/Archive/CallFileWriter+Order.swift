/// Putting a file in order when it is finished.
extension CallFileWriter {
    mutating func putInOrder(_ file: Int) {
    }
}
