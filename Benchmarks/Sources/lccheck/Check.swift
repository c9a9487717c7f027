@main struct Check { static func main() {} }
