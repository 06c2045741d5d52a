resource "terraform_data" "a" {
  connection {
    hostt = "x"
    port = "abc"
  }
  provisioner "file" {
    source = "x"
    destination = "z"
    connection {
      type = "telnet"
      host = self.id
      nested {}
    }
  }
}
