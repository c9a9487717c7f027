import ArgumentParser
import Service

struct DecryptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decrypt", abstract: "Decrypt captures that were written with --encrypt-key-file.",
        usage: "lc decrypt --key-file <file> [--output-dir <dir>] [--overwrite] <file> ...",
        discussion: """
            NAME.pcap.enc becomes NAME.pcap, NAME.pcap.gz.enc becomes NAME.pcap.gz, which 'lc sniff -r' reads as it is. The
            names of the files written are printed. A file that was cut off or changed is an error, and nothing is written.

            EXAMPLES:
              lc decrypt --key-file archive.key 20260102_030405_abc.pcap.enc
              lc decrypt --key-file archive.key -o plain *.enc
            """)

    @Option(
        help: "The key, 32 bytes or 64 hexadecimal digits, in a file that only its owner may read.", completion: .file()
    )
    var keyFile: String
    @Option(name: [.customShort("o"), .long], help: "Write into this directory instead.", completion: .directory)
    var outputDir: String?
    @Flag(help: "Replace files of that name.") var overwrite = false
    @Argument(help: "Encrypted captures.", completion: .file()) var file: [String]

    func run() throws {
        try Decrypt.run(file, keyFile: keyFile, outputDirectory: outputDir, overwrites: overwrite).end()
    }
}
