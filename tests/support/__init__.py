"""What tests stand on: databases, the cast, the strict page client, and a mail server to be sent to."""
