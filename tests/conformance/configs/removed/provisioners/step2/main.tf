removed {
  from = terraform_data.n
  lifecycle {
    destroy = true
  }
  provisioner "local-exec" {
    when = destroy
    command = "exit 1"
    on_failure = continue
  }
  provisioner "local-exec" {
    when = destroy
    command = "echo ${self.input} $X >> o.txt"
    environment = { X = self.id == null ? "no" : "id" }
  }
}
removed {
  from = terraform_data.k
  lifecycle {
    destroy = true
  }
  provisioner "local-exec" {
    when = destroy
    command = "echo ${self.input} ${count.index} > o.${count.index}"
  }
}
