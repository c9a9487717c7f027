import Foundation
import Testing

@Suite struct InterfacesTests {
    @Test func interfacesAreListedInEveryFormat() throws {
        let json = try Command.run("list", "interfaces")
        #expect(json.status == 0)
        let last = try #require(json.output.split(separator: "\n").last)
        let any = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        #expect(any?["name"] as? String == "any")
        #expect(try Command.run("list", "interfaces", "--format", "text").output.contains("\nany"))
        #expect(
            try Command.run("list", "interfaces", "--format", "csv").output.hasPrefix("name,up,loopback,addresses\n"))
    }
}
