resource "terraform_data" "a" {
  connection {
    type = "ssh"
  }
  provisioner "local-exec" {
    command = "true"
    connection {
      foo = "z"
    }
  }
}
