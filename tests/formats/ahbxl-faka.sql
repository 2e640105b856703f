create table `order`
(
    id int auto_increment primary key,
    product_id int null,
    quantity int null,
    subject varchar(255) null,
    total_amount varchar(20) null,
    state int default 0 null,
    outTradeNo varchar(64) null,
    create_time datetime null
);

INSERT INTO faka.`order` (id, product_id, quantity, subject, total_amount, state, outTradeNo, create_time) VALUES (1, 1, 1, '点卡', '10.00', 1, '20240102030405001', '2024-01-02 03:04:05');
INSERT INTO faka.`order` (id, product_id, quantity, subject, total_amount, state, outTradeNo, create_time) VALUES (2, 1, 1, '点卡', '10', 0, '20240102040405002', '2024-01-02 04:04:05');
