resource "terraform_data" "rewritten" {
  provisioner "local-exec" {
    command = "echo made ${self.id} >> made.txt"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo gone ${self.id} >> gone.txt"
  }
}

resource "terraform_data" "tolerant" {
  provisioner "local-exec" {
    command    = "exit 3"
    on_failure = continue
  }
}
