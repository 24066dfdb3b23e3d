"""What is handed out to check a certificate without this platform: written apart from the code that makes it."""
